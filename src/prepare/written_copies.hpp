// SPDX-License-Identifier: Apache-2.0
/// \file
/// Augmented copies on disk: --write_augmented.
#pragma once

#include <filesystem>
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

/// Writes a copy as "<folder>/data/<name>.nii" and "<folder>/masks/<name>.nii": folders that
/// training accepts as input, with the header of the scan. Throws core::Error.
void write_copy(const std::filesystem::path& folder, const Pair& pair,
                const imaging::AugmentedCopy& copy, const LoadedPair& loaded);

}  // namespace msunet::prepare
