// SPDX-License-Identifier: Apache-2.0
/// \file
/// Scalars of running trials as TensorBoard event files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "msunet/record/trial.hpp"

namespace msunet::report {

/// One event as a record of an event file: length, its checksum, the protocol buffer, its checksum
/// (TensorFlow's TFRecord with CRC-32C, masked). `step` 0 is the first epoch.
[[nodiscard]] std::string tensorboard_scalars(double wall_time, std::int64_t step,
                                              const std::map<std::string, double>& scalars);
/// The hyperparameters of a run, for the dashboard HParams, as a record of an event file.
[[nodiscard]] std::string tensorboard_hyperparameters(double wall_time,
                                                      const core::Permutation& permutation);
/// The record that an event file begins with.
[[nodiscard]] std::string tensorboard_header(double wall_time);

/// Writes `<folder>/tensorboard/<trial>/events.out.tfevents.…`, a file for each trial and start.
class TensorBoard {
public:
    /// `started_at` (Unix seconds) distinguishes the files of different starts.
    TensorBoard(std::filesystem::path folder, double started_at);

    /// Appends an epoch's metrics, Dice by modality and learning rate; a new file begins with the
    /// permutation. Throws core::FileError.
    void epoch(record::TrialId trial, const core::Permutation& permutation,
               const record::EpochReport& report, double wall_time) const;

private:
    std::filesystem::path folder_;
    std::string file_name_;
    double started_at_;
};

}  // namespace msunet::report
