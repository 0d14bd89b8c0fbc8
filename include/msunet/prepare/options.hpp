// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the scans are and where the preprocessed data set is kept.
#pragma once

#include <optional>
#include <string>

#include "msunet/core/modality.hpp"
#include "msunet/core/options.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::prepare {

/// Folders of a training run's data, and how their pairs are read.
struct PrepareOptions {
    std::string training_data_path;
    std::string mask_data_path;
    std::optional<core::Modality> modality;  ///< of all pairs; nullopt: by names
    imaging::MaskGeometry mask_geometry = imaging::MaskGeometry::automatic;
    /// Empty: <output_directory>/.msunet_cache; nullopt: no cache.
    std::optional<std::string> cache = "";
};

/// Walks the options of `PrepareOptions`. What the scans become is described by
/// imaging::PreprocessOptions, imaging::AugmentOptions, data::SplitOptions, data::PatchOptions.
inline void describe(core::OptionVisitor& visitor, PrepareOptions& options) {
    visitor.visit({.name = "training_data_path",
                   .aliases = {"tpath"},
                   .help = "Folder of the volumes (.nii, .nii.gz); never written to",
                   .affects = core::Affects::run,
                   .value_name = "FOLDER",
                   .required = true},
                  options.training_data_path);
    visitor.visit({.name = "mask_data_path",
                   .aliases = {"mpath", "training_mask_path"},
                   .help = "Folder of the masks, in the order of the volumes; never written to",
                   .affects = core::Affects::run,
                   .value_name = "FOLDER",
                   .required = true},
                  options.mask_data_path);
    visitor.visit({.name = "modality",
                   .help = "Modality of all pairs. By default the name of each mask says it, else "
                           "that of the volume, else that of the folder; BIDS names are understood",
                   .affects = core::Affects::run,
                   .absent = "auto"},
                  options.modality);
    visitor.visit({.name = "mask_geometry",
                   .help = "Masks that by their headers are mirrored against their scans or have "
                           "swapped axes: auto: are put in the scan's order if the images agree; "
                           "index: are paired voxel by voxel; header: are put in the scan's order",
                   .affects = core::Affects::data},
                  options.mask_geometry);
    visitor.visit({.name = "cache",
                   .help = "Folder in which preprocessed data sets are kept; none: no cache",
                   .affects = core::Affects::run,
                   .value_name = "FOLDER",
                   .default_text = "<output_directory>/.msunet_cache"},
                  options.cache);
}

}  // namespace msunet::prepare
