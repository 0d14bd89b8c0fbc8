// SPDX-License-Identifier: Apache-2.0
/// \file
/// Augmented copies on disk: --write_augmented.
#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>

#include "msunet/imaging/augment_plan.hpp"
#include "msunet/prepare/input.hpp"
#include "prepare/read_pair.hpp"

namespace msunet::prepare {

/// File name without .nii or .nii.gz.
[[nodiscard]] std::string stem_of(const std::string& file_name);

/// Name of a copy, without extension: "<stem>_augmented<number>", numbered from 1.
[[nodiscard]] std::string copy_name(const std::string& file_name,
                                    const imaging::AugmentedCopy& copy);

/// The folders of volumes and masks in the folder of --write_augmented. Training accepts them as
/// input.
[[nodiscard]] std::array<std::filesystem::path, 2> folders_of_copies(
    const std::filesystem::path& folder);

/// Whether an earlier run has listed copies in this folder.
[[nodiscard]] bool has_written_copies(const std::filesystem::path& folder);

/// Throws core::FileError with the code of wrong usage where nothing can be written to the folders
/// of copies, core::UsageError where they hold anything that no earlier run has listed as its copy.
/// Leaves nothing. A list of the copies is kept beside the two folders.
void check_written_copies(const std::filesystem::path& folder);

/// Removes the copies of an earlier run, and lists those of this one before they are written, so
/// that a run that is killed leaves no copy unlisted. Throws core::Error.
void replace_written_copies(const std::filesystem::path& folder, std::span<const Pair> pairs,
                            std::span<const imaging::AugmentedCopy> copies);

/// Writes a copy as "<folder>/data/<name>.nii" and "<folder>/masks/<name>.nii", with the header of
/// the scan and in its order of voxels. Throws core::Error.
void write_copy(const std::filesystem::path& folder, const Pair& pair,
                const imaging::AugmentedCopy& copy, const LoadedPair& loaded,
                const imaging::PreprocessOptions& options);

}  // namespace msunet::prepare
