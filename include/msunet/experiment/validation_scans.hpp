// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scans of `msunet predict --validation`.
#pragma once

#include <filesystem>
#include <vector>

#include "msunet/config/parse.hpp"
#include "msunet/core/modality.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::experiment {

/// A validation scan of a sweep, in the folders from which training read it.
struct ValidationScan {
    std::filesystem::path scan;
    std::filesystem::path mask;
    core::Modality modality{};
};

/// The validation scans of an experiment, by its journal. Throws core::UsageError where the folder
/// is no experiment or has none, core::InputError where the scans are not there any more.
[[nodiscard]] std::vector<ValidationScan> validation_scans(const std::filesystem::path& experiment);

/// The same of an experiment whose start is known.
[[nodiscard]] std::vector<ValidationScan> validation_scans(const std::filesystem::path& experiment,
                                                           const record::SweepStart& start);

/// The command line with --validation as what it stands for: INPUT, and --model unless it is given.
/// Throws what validation_scans throws, and core::UsageError where INPUT or --reference is given,
/// too, or the results would lie in a folder of the scans.
[[nodiscard]] config::Settings with_validation_scans(config::Settings command_line);

/// The same for `experiment`, whose start is known.
[[nodiscard]] config::Settings with_validation_scans(config::Settings command_line,
                                                     const std::filesystem::path& experiment,
                                                     const record::SweepStart& start);

}  // namespace msunet::experiment
