// SPDX-License-Identifier: Apache-2.0
#include "fold_options.hpp"

#include <string>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::settings {

using core::concat;

void check_folds(const TrainSettings& settings, const config::Settings& given) {
    const auto& split = settings.split;
    std::vector<std::string> problems;
    if (!split.folds) {
        if (split.repeats == 1) return;
        throw core::UsageError(concat("--repeats ", split.repeats,
                                      " needs --folds K, whose cross-validation it repeats"));
    }
    const auto refuse = [&](const auto&... what) {
        problems.push_back(concat("--folds ", *split.folds, " and ", what...));
    };
    // A file may have the default of an option that was not given, as config.yaml has.
    const data::SplitOptions defaults;
    if (config::given_value(given, "validation_split") ||
        split.validation_split != defaults.validation_split) {
        refuse(
            "-v/--validation_split can't be combined (each fold is the validation data once), "
            "give one of the two");
    }
    if (config::given_value(given, "split") || split.split != defaults.split) {
        refuse("--split can't be combined (folds keep subjects together), give one of the two");
    }
    if (settings.sweep.shard) {
        refuse("--shard can't be combined, start one sweep on all nodes");
    }
    if (!problems.empty()) throw core::UsageError(std::move(problems));
}

}  // namespace msunet::settings
