// SPDX-License-Identifier: Apache-2.0
/// \file
/// Manual masks with which predictions are compared.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "msunet/predict/scan_files.hpp"

namespace msunet::predict {

/// The files of the manual masks of all scans, in their order, with warnings about the pairs.
struct References {
    std::vector<std::filesystem::path> of_scan;
    std::vector<std::string> warnings;
};

/// Pairs scans with the masks in `folder` as training pairs them: the n-th with the n-th by name,
/// folder by folder where the masks lie in the same folders as the scans, else all together.
/// Throws core::InputError with all problems (counts, crossed names).
[[nodiscard]] References pair_references(const std::vector<ScanFile>& scans,
                                         const std::string& folder);

}  // namespace msunet::predict
