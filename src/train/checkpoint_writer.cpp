// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <exception>
#include <utility>

#include "msunet/core/failure_text.hpp"
#include "msunet/core/log.hpp"
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
    flight_ = std::async(std::launch::async, [file = file_, content = std::move(checkpoint)] {
        write_checkpoint(file, content);
    });
}

std::optional<std::pair<std::int64_t, std::int64_t>> CheckpointWriter::completed() {
    if (flight_.valid() && flight_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
        finish();
    }
    return std::exchange(completed_, std::nullopt);
}

void CheckpointWriter::finish() {
    if (!flight_.valid()) return;
    flight_.get();
    completed_ = position_;
}

}  // namespace msunet::train
