// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/progress.hpp"

#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::record {

void Progress::saved(const CheckpointReport& report) {
    const auto position = [](const CheckpointReport& saved) {
        return std::pair(saved.epoch, saved.step);
    };
    if (!checkpoint || position(report) > position(*checkpoint)) deaths = 0;
    checkpoint = report;
}

std::string position_text(const CheckpointReport& checkpoint) {
    if (checkpoint.step == 0) return core::concat("after epoch ", checkpoint.epoch);
    return core::concat("in epoch ", checkpoint.epoch + 1, " after step ", checkpoint.step);
}

}  // namespace msunet::record
