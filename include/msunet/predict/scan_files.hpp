// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scans to predict and the names of their results.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
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
    std::vector<std::string> results;  ///< files in folders that an earlier prediction wrote
};

/// Lists files and, at any depth, folders. In a folder, <name>_mask, <name>_likelihood and
/// <name>_brain are results if <name> or another of these lies beside them; what INPUT names
/// itself is a scan in any case. Throws core::InputError naming every INPUT that does not exist,
/// is no NIfTI file or holds no scan.
[[nodiscard]] ScanList find_scans(const std::vector<std::string>& input);

/// Lists the masks in `folder`, at any depth: all NIfTI files, but where <name>_mask is there not
/// <name>, <name>_likelihood and <name>_brain. Throws as find_scans.
[[nodiscard]] std::vector<ScanFile> find_masks(const std::string& folder);

/// The modality in the scan's name, else in the nearest of its folders, the INPUT folder included,
/// whose name says one.
[[nodiscard]] std::optional<core::Modality> modality_of(const ScanFile& scan);

/// The files that belong to a scan.
struct Outputs {
    std::filesystem::path mask;
    std::filesystem::path likelihood;
    std::optional<std::filesystem::path> brain;

    /// Whether all of them exist.
    [[nodiscard]] bool exist() const;
    /// Whether one of them exists.
    [[nodiscard]] bool any_exists() const;
    /// Whether the brain is one of them and exists.
    [[nodiscard]] bool brain_exists() const;
};

/// <output>/<folder>/<name>_mask, <name>_likelihood and with `brain` <name>_brain, ending as
/// `format` says.
[[nodiscard]] Outputs outputs_of(const ScanFile& scan, const PredictOptions& options);

/// Throws core::UsageError where the output folder lies in an INPUT folder, a result would replace
/// an input, or two scans would have the same results.
void check_outputs(const std::vector<ScanFile>& scans, const PredictOptions& options);

}  // namespace msunet::predict
