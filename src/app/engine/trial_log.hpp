// SPDX-License-Identifier: Apache-2.0
/// \file
/// A trial's log, `trials/<id>/log.txt`, written by its group's leader.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "msunet/record/control.hpp"

namespace msunet::app {

/// Appends lines, each with the time. A log that can't be written is ignored.
class TrialLog {
public:
    /// Its name in a trial's folder.
    static constexpr const char* name = "log.txt";

    explicit TrialLog(const std::filesystem::path& file) : file_(file, std::ios::app) {}

    void line(std::string_view text);

private:
    std::ofstream file_;
};

/// A training's control, on its leader, that also writes epochs, checkpoints and ends to the log,
/// and each result to the disk before it is reported.
class LoggedControl final : public record::TrialControl {
public:
    LoggedControl(record::TrialControl& control, TrialLog& log, std::filesystem::path experiment,
                  record::TrialId training)
        : control_(control), log_(log), experiment_(std::move(experiment)), training_(training) {}

    record::Answer after_step(const record::StepReport& report) override {
        return control_.after_step(report);
    }
    record::Answer after_epoch(record::TrialId trial, const record::EpochReport& report) override;
    void checkpoint_written(const record::CheckpointReport& report) override;
    void end_reached(const record::TrialResult& result) override;

private:
    record::TrialControl& control_;
    TrialLog& log_;
    std::filesystem::path experiment_;
    record::TrialId training_;
};

}  // namespace msunet::app
