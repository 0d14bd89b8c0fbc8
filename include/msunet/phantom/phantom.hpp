// SPDX-License-Identifier: Apache-2.0
/// \file
/// A deterministic data set of artificial rodent heads, for trying the program, for tests and for
/// benchmarks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/phantom/options.hpp"

namespace msunet::phantom {

/// One scan of the data set.
struct ScanPlan {
    std::uint32_t animal = 0;
    core::Modality modality = core::Modality::anatomical;
    bool validation = false;
    std::string data_file;  ///< e.g. "train_m01_anatomical_data.nii"
    std::string mask_file;  ///< e.g. "train_m01_anatomical_mask.nii"
};

/// A scan: its frames (one, NODDI nine) and the brain mask (0/1), all on one grid.
struct Scan {
    std::vector<core::Volume> frames;
    core::Volume mask;
};

/// The scans of a data set, in the order of their names: training before validation.
[[nodiscard]] std::vector<ScanPlan> plan(const PhantomOptions& options);

/// Makes one scan. Depends on the options and the plan's animal and modality alone.
[[nodiscard]] Scan make_scan(const PhantomOptions& options, const ScanPlan& scan);

/// Makes the folders `data` and `masks` in the output folder and writes every scan. Returns the
/// plan. Throws core::UsageError if the folder holds other files already, core::Error if it cannot
/// be written.
std::vector<ScanPlan> write(const PhantomOptions& options);

}  // namespace msunet::phantom
