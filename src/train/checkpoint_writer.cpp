// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <exception>
#include <utility>

#include "msunet/core/failure_text.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/time.hpp"
#include "msunet/core/time_share.hpp"
#include "msunet/train/checkpoint.hpp"

namespace msunet::train {

CheckpointWriter::~CheckpointWriter() {
    try {
        finish();
    } catch (const std::exception& error) {
        core::log::warn("a checkpoint is lost: " + core::failure_text(error));
    }
}

void CheckpointWriter::start(Checkpoint checkpoint) {
    finish();
    position_ = {checkpoint.progress.epoch, checkpoint.progress.step};
    flight_ = std::async(std::launch::async, [this, content = std::move(checkpoint)] {
        const double began = core::steady_seconds();
        write_(file_, content);
        return core::steady_seconds() - began;
    });
}

bool CheckpointWriter::is_due(double minutes, double seconds) const {
    constexpr double largest_share = 0.1;
    constexpr double shortest = 1;
    const double interval = 60 * minutes;
    if (interval < shortest) return seconds >= interval;
    core::TimeShare share(largest_share, interval);
    share.spent(0, seconds_);
    return !busy() && share.allows(seconds);
}

bool CheckpointWriter::busy() const {
    return flight_.valid() &&
           flight_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

std::optional<std::pair<std::int64_t, std::int64_t>> CheckpointWriter::completed() {
    if (!busy()) finish();
    return std::exchange(completed_, std::nullopt);
}

void CheckpointWriter::finish() {
    if (!flight_.valid()) return;
    seconds_ = flight_.get();
    completed_ = position_;
}

}  // namespace msunet::train
