// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/extension.hpp"

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/extension.hpp"

namespace msunet::settings {

bool keeps_last_checkpoints(const TrainSettings& settings) {
    return settings.train.keep_models == train::KeepModels::all &&
           !sweep::extension_obstacle(settings.sweep);
}

void check_extend(const TrainSettings& settings) {
    if (!settings.experiment.extend) return;
    const std::optional<std::string> obstacle =
        settings.experiment.resume.kind == Resume::Kind::never
            ? std::optional<std::string>("--resume never (it starts a new experiment)")
            : sweep::extension_obstacle(settings.sweep);
    if (!obstacle) return;
    throw core::UsageError({.option = "--extend",
                            .got = "True",
                            .problem = core::concat("can't be combined with ", *obstacle),
                            .advice = "leave out one of the two"});
}

}  // namespace msunet::settings
