// SPDX-License-Identifier: Apache-2.0
/// \file
/// A trial's log, `trials/<id>/log.txt`, written by its group's leader.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include "msunet/record/control.hpp"

namespace msunet::app {

/// Appends lines, each with the time. A log that can't be written is ignored.
class TrialLog {
public:
    explicit TrialLog(const std::filesystem::path& file) : file_(file, std::ios::app) {}

    void line(std::string_view text);

private:
    std::ofstream file_;
};

/// A trial's control that also writes epochs and checkpoints to the log.
class LoggedControl final : public record::TrialControl {
public:
    LoggedControl(record::TrialControl& control, TrialLog& log) : control_(control), log_(log) {}

    record::Answer after_step(const record::StepReport& report) override {
        return control_.after_step(report);
    }
    record::Answer after_epoch(record::TrialId trial, const record::EpochReport& report) override;
    void checkpoint_written(const record::CheckpointReport& report) override;

private:
    record::TrialControl& control_;
    TrialLog& log_;
};

}  // namespace msunet::app
