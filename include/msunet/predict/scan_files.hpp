// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scans to predict and the names of their results.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/predict/options.hpp"

namespace msunet::predict {

/// A scan, and the folder of its results below the output folder.
struct ScanFile {
    std::filesystem::path file;
    std::filesystem::path
        folder;  ///< relative; empty for a scan that INPUT names or holds directly

    /// The name in tables: "mouse_1/anatomical/scan.nii".
    [[nodiscard]] std::string name() const { return (folder / file.filename()).string(); }
};

/// What INPUT holds.
struct ScanList {
    std::vector<ScanFile> scans;       ///< in the order of INPUT, then by path in byte order
    std::vector<std::string> skipped;  ///< hidden files and other types in folders
};

/// Lists files and, at any depth, folders. Throws core::InputError naming every INPUT that does not
/// exist, is no NIfTI file or holds none.
[[nodiscard]] ScanList find_scans(const std::vector<std::string>& input);

/// The files that belong to a scan.
struct Outputs {
    std::filesystem::path mask;
    std::filesystem::path likelihood;
    std::optional<std::filesystem::path> brain;

    /// Whether all of them exist.
    [[nodiscard]] bool exist() const;
};

/// <output>/<folder>/<name>_mask, <name>_likelihood and with `brain` <name>_brain, ending as
/// `format` says.
[[nodiscard]] Outputs outputs_of(const ScanFile& scan, const PredictOptions& options);

/// Throws core::UsageError where the output folder lies in an INPUT folder, a result would replace
/// an input, or two scans would have the same results.
void check_outputs(const std::vector<ScanFile>& scans, const PredictOptions& options);

}  // namespace msunet::predict
