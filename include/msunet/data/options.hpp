// SPDX-License-Identifier: Apache-2.0
/// How the scans are split into training and validation, whose samples weigh more, and what a patch
/// is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "msunet/core/options.hpp"

namespace msunet::data {

/// Split by files and weights by modality.
struct SplitOptions {
    double validation_split = 0.2;               ///< share of the pairs, the last by name
    std::optional<std::string> modality_weight;  ///< nullopt: all samples weigh 1
    double weight_factor = 1.0;
};

/// Walks the options of `SplitOptions`.
inline void describe(core::OptionVisitor& visitor, SplitOptions& options) {
    visitor.visit({.name = "validation_split",
                   .aliases = {"v"},
                   .help = "The last floor(files x value) pairs, by name, are validation data",
                   .affects = core::Affects::data,
                   .value_name = "SHARE",
                   .range = "[0,1)",
                   .min = 0.0,
                   .max = 1.0,
                   .max_open = true},
                  options.validation_split);
    visitor.visit({.name = "modality_weight",
                   .aliases = {"mw"},
                   .help = "Modality whose samples weigh more in the loss; none: all weigh 1",
                   .affects = core::Affects::result,
                   .value_name = "MODALITY",
                   .choices = {"anatomical", "dti", "fmri", "noddi", "regwarp", "none"}},
                  options.modality_weight);
    visitor.visit({.name = "weight_factor",
                   .aliases = {"wf"},
                   .help = "Weight of the samples of --modality_weight; all others weigh 1",
                   .affects = core::Affects::result,
                   .value_name = "FACTOR",
                   .range = "[0,inf)",
                   .min = 0.0},
                  options.weight_factor);
}

/// Patches: fractions of the slice here, or fixed sizes from the grid (patch_dimensions,
/// patch_stride).
struct PatchOptions {
    bool use_frac_patch = true;
    double frac_patch = 0.75;
    double frac_stride = 0.125;
};

/// Walks the options of `PatchOptions`. use_frac_patch changes the slices too (the outlier rule).
inline void describe(core::OptionVisitor& visitor, PatchOptions& options) {
    visitor.visit({.name = "use_frac_patch",
                   .aliases = {"ufp"},
                   .help = "Patch size as a fraction of the slice; False: patch_dimensions and "
                           "patch_stride of the grid",
                   .affects = core::Affects::data},
                  options.use_frac_patch);
    visitor.visit({.name = "frac_patch",
                   .aliases = {"fp"},
                   .help = "Patch height and width as a fraction of the slice's",
                   .affects = core::Affects::result,
                   .value_name = "FRACTION",
                   .range = "(0,1]",
                   .min = 0.0,
                   .max = 1.0,
                   .min_open = true},
                  options.frac_patch);
    visitor.visit({.name = "frac_stride",
                   .aliases = {"fs", "frac_strice"},
                   .help = "Step from patch to patch as a fraction of the slice's height and width",
                   .affects = core::Affects::result,
                   .value_name = "FRACTION",
                   .range = "(0,1]",
                   .min = 0.0,
                   .max = 1.0,
                   .min_open = true},
                  options.frac_stride);
}

}  // namespace msunet::data
