// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/progress.hpp"

#include <utility>

namespace msunet::record {

void Progress::saved(const CheckpointReport& report) {
    const auto position = [](const CheckpointReport& saved) {
        return std::pair(saved.epoch, saved.step);
    };
    if (!checkpoint || position(report) > position(*checkpoint)) deaths = 0;
    checkpoint = report;
}

}  // namespace msunet::record
