// SPDX-License-Identifier: Apache-2.0
#include "fold_options.hpp"

#include <string>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::settings {

void check_folds(const TrainSettings& settings, const config::Settings& given) {
    const auto& split = settings.split;
    std::vector<core::Problem> problems;
    if (!split.folds) {
        if (split.repeats == 1) return;
        throw core::UsageError({.option = "--repeats",
                                .got = std::to_string(split.repeats),
                                .problem = "needs --folds K, whose cross-validation it repeats"});
    }
    const auto refuse = [&](const char* other, const char* why, const char* advice) {
        problems.push_back({.option = "--folds",
                            .got = std::to_string(*split.folds),
                            .problem = core::concat("and ", other, " can't be combined"),
                            .why = why,
                            .advice = advice});
    };
    // A file may have the default of an option that was not given, as config.yaml has.
    const data::SplitOptions defaults;
    if (config::given_value(given, "validation_split") ||
        split.validation_split != defaults.validation_split) {
        refuse("-v/--validation_split", "each fold is the validation data once",
               "give one of the two");
    }
    if (config::given_value(given, "split") || split.split != defaults.split) {
        refuse("--split", "folds keep subjects together", "give one of the two");
    }
    if (settings.sweep.shard) {
        refuse("--shard", "", "start one sweep on all nodes");
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

}  // namespace msunet::settings
