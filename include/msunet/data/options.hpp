// SPDX-License-Identifier: Apache-2.0
/// \file
/// How the scans are split into training and validation, and what a patch is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"

namespace msunet::data {

/// Which scans become validation data: the last by name, or whole subjects.
enum class Split : std::uint8_t { guide, subjects };
constexpr std::array<std::string_view, 2> names_of(Split /*any*/) { return {"guide", "subjects"}; }

/// Split by files.
struct SplitOptions {
    double validation_split = 0.2;  ///< share of the pairs
    Split split = Split::guide;
    std::optional<std::string> subject_pattern;  ///< nullopt: prepare::subject_of
    std::optional<std::int64_t> folds;  ///< nullopt: one split; else its options don't count
    std::int64_t repeats = 1;           ///< of the folds
};

/// Walks the options of `SplitOptions`.
inline void describe(core::OptionVisitor& visitor, SplitOptions& options) {
    visitor.visit({.name = "validation_split",
                   .aliases = {"v"},
                   .help = "Share of the pairs that is validation data: the last floor(pairs x "
                           "SHARE) by name, or "
                           "with --split subjects about that many",
                   .affects = core::Affects::data,
                   .value_name = "SHARE",
                   .range = "[0,1)",
                   .min = 0.0,
                   .max = 1.0,
                   .max_open = true},
                  options.validation_split);
    visitor.visit({.name = "split",
                   .help = "guide: the last scans by name are validation data, as in the user "
                           "guide; subjects: whole subjects are, so that no animal is in both "
                           "parts, with about the same share of each modality",
                   .affects = core::Affects::data},
                  options.split);
    visitor.visit({.name = "subject_pattern",
                   .help = "Regular expression that finds the subject in the name of a volume: its "
                           "first group, or the whole match. By default what remains without "
                           "modality, session and words as train or data; BIDS's sub-... is "
                           "understood. --dry_run lists the subjects",
                   .affects = core::Affects::data,
                   .value_name = "REGEX",
                   .absent = "auto"},
                  options.subject_pattern);
    visitor.visit(
        {.name = "folds",
         .help = "Cross-validation: each permutation has K trials, each with another K-th of "
                 "the subjects as validation data, and is ranked by their mean. "
                 "Folds keep subjects together and spread modalities evenly; they are "
                 "drawn from the seed. --dry_run shows them",
         .affects = core::Affects::result,
         .value_name = "K",
         .min = 2.0,
         .default_text = "none: one split"},
        options.folds);
    visitor.visit(
        {.name = "repeats",
         .help = "With --folds, do the whole cross-validation R times, each time with other "
                 "folds, start weights and random numbers",
         .affects = core::Affects::result,
         .value_name = "R",
         .min = 1.0},
        options.repeats);
}

/// Patches: fractions of the slice here, or fixed sizes from the grid (patch_dimensions,
/// patch_stride).
struct PatchOptions {
    bool use_frac_patch = true;
    double frac_patch = 0.75;
    double frac_stride = 0.125;
};

/// "0.75 of the slice every 0.125" or "128 pixels every 32": `size` and `stride` are those of
/// fixed patches.
[[nodiscard]] inline std::string patches_text(const PatchOptions& options, std::int64_t size,
                                              std::int64_t stride) {
    return options.use_frac_patch
               ? core::concat(options.frac_patch, " of the slice every ", options.frac_stride)
               : core::concat(size, " pixels every ", stride);
}

/// Walks the options of `PatchOptions`. use_frac_patch changes the slices too (the outlier rule).
inline void describe(core::OptionVisitor& visitor, PatchOptions& options) {
    visitor.visit(
        {.name = "use_frac_patch",
         .aliases = {"ufp"},
         .help = "True: patches are a fraction of the slice (-fp, -fs); False: their size "
                 "and distance are patch_dimensions and patch_stride of the grid",
         .affects = core::Affects::data},
        options.use_frac_patch);
    visitor.visit({.name = "frac_patch",
                   .aliases = {"fp"},
                   .help = "Height and width of a patch as a fraction of the slice's",
                   .affects = core::Affects::result,
                   .value_name = "FRACTION",
                   .range = "(0,1]",
                   .min = 0.0,
                   .max = 1.0,
                   .min_open = true},
                  options.frac_patch);
    visitor.visit(
        {.name = "frac_stride",
         .aliases = {"fs", "frac_strice"},
         .help = "Distance of neighbouring patches as a fraction of the slice's height and width",
         .affects = core::Affects::result,
         .value_name = "FRACTION",
         .range = "(0,1]",
         .min = 0.0,
         .max = 1.0,
         .min_open = true},
        options.frac_stride);
}

}  // namespace msunet::data
