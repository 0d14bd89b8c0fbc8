// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options of preprocessing and augmentation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/core/options.hpp"

namespace msunet::imaging {

/// The axis of a scan's file along which slices follow one another, counted from 1.
enum class SliceAxis : std::uint8_t { automatic, first, second, third };
constexpr std::array<std::string_view, 4> names_of(SliceAxis /*any*/) {
    return {"auto", "1", "2", "3"};
}

/// What decides the order of a mask's voxels where its header has other axes than its scan's.
enum class MaskGeometry : std::uint8_t {
    automatic,  ///< the headers, if the voxels agree
    index,      ///< nothing: voxel n belongs to voxel n
    header      ///< the headers alone
};
constexpr std::array<std::string_view, 3> names_of(MaskGeometry /*any*/) {
    return {"auto", "index", "header"};
}

/// What an outlier becomes.
enum class OutlierValue : std::uint8_t {
    ten_means,  ///< 10 x the volume's mean: fractional patches
    median      ///< the volume's median: fixed patches
};
constexpr std::array<std::string_view, 2> names_of(OutlierValue /*any*/) {
    return {"ten_means", "median"};
}

/// What outliers become where patches are fractions of the slice, or of a fixed size.
[[nodiscard]] constexpr OutlierValue outlier_value(bool fractional_patches) {
    return fractional_patches ? OutlierValue::ten_means : OutlierValue::median;
}

/// Longest side, in pixels, that a resampled slice may have.
inline constexpr std::size_t largest_side = 2048;

/// How a scan is read and what it is resampled to.
struct PreprocessOptions {
    std::optional<std::int64_t> target_size;  ///< mode 2; 128 where neither mode is asked for
    std::optional<double> horizontal_interpolation_spacing;  ///< mode 1, mm; 0.08
    std::optional<double> interlayer_interpolation_spacing;  ///< mode 1, mm; 0.76
    std::int64_t frame = 7;
    SliceAxis slice_axis = SliceAxis::automatic;

    /// True if either spacing is given.
    [[nodiscard]] bool by_spacing() const {
        return horizontal_interpolation_spacing.has_value() ||
               interlayer_interpolation_spacing.has_value();
    }
    /// True if both modes are asked for: a usage error.
    [[nodiscard]] bool contradictory() const { return by_spacing() && target_size.has_value(); }
    /// Width of slices in mode 2.
    [[nodiscard]] std::int64_t target() const { return target_size.value_or(128); }
    /// Spacing of mode 1 within slices, mm.
    [[nodiscard]] double horizontal() const {
        return horizontal_interpolation_spacing.value_or(0.08);
    }
    /// The axis of slices, `automatic` resolved.
    [[nodiscard]] SliceAxis axis_of_slices() const {
        return slice_axis == SliceAxis::automatic ? SliceAxis::third : slice_axis;
    }
    /// Whether columns of slices run between the animal's left and right, where the anatomy is
    /// symmetric: so in the usual order of axes, but not in sagittal slices.
    [[nodiscard]] bool columns_run_left_right() const {
        return axis_of_slices() != SliceAxis::first;
    }
    /// Spacing of mode 1 between slices, mm.
    [[nodiscard]] double interlayer() const {
        return interlayer_interpolation_spacing.value_or(0.76);
    }
};

/// What becomes of the first and the last slice of a training scan.
enum class EndSlices : std::uint8_t {
    drop,      ///< left out unless the scan is anatomical: the published script's rule
    keep,      ///< treated as the others
    automatic  ///< as `keep` where the mask has brain there, else as `drop`
};
constexpr std::array<std::string_view, 3> names_of(EndSlices /*any*/) {
    return {"drop", "keep", "auto"};
}

/// Which slices of a scan are trained on.
struct SliceOptions {
    EndSlices end_slices = EndSlices::drop;
};

/// Which augmented copies are made.
struct AugmentOptions {
    bool enable_augmentation = true;
    bool in_place_augmentation = true;  ///< True: random scheme; False: basic scheme
    double augmentation_threshold = 0.5;
    bool enable_rotation = true;
    bool enable_affine = true;
    bool enable_noise = true;
    bool enable_contrast_change = true;
    bool augment_validation = false;
    std::optional<std::string> write_augmented;  ///< folder for copies on disk
};

/// Names, ranges and help of PreprocessOptions.
inline void describe(core::OptionVisitor& visitor, PreprocessOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "target_size",
         .aliases = {"ts", "cs", "constant_size"},
         .help = "Width of the slices after resampling; their height follows, their number "
                 "stays the same. Excludes -hspace and -vspace",
         .affects = Affects::data,
         .value_name = "N",
         .range = "[1,2048]",
         .min = 1,
         .max = largest_side,
         .default_text = "128 if no spacing is given"},
        options.target_size);
    visitor.visit(
        {.name = "horizontal_interpolation_spacing",
         .aliases = {"hspace"},
         .help = "Resample to this spacing within slices, in mm as in the header. Excludes "
                 "-ts",
         .affects = Affects::data,
         .value_name = "MM",
         .range = "(0,1]",
         .min = 0,
         .max = 1,
         .min_open = true,
         .default_text = "0.08 if only -vspace is given"},
        options.horizontal_interpolation_spacing);
    visitor.visit(
        {.name = "interlayer_interpolation_spacing",
         .aliases = {"vspace"},
         .help = "Resample to this spacing between slices, in mm as in the header. Excludes "
                 "-ts",
         .affects = Affects::data,
         .value_name = "MM",
         .range = "(0,1]",
         .min = 0,
         .max = 1,
         .min_open = true,
         .default_text = "0.76 if only -hspace is given"},
        options.interlayer_interpolation_spacing);
    visitor.visit(
        {.name = "frame",
         .help = "Frame of a 4-D scan that is used, counted from 0; the last one of a shorter scan",
         .affects = Affects::data,
         .value_name = "N",
         .range = ">= 0",
         .min = 0},
        options.frame);
    visitor.visit({.name = "slice_axis",
                   .help = "Axis of a scan's file along which its slices follow one another; auto: "
                           "3, in prediction that of the model's training. Results are written in "
                           "the scan's own order",
                   .affects = Affects::data},
                  options.slice_axis);
}

/// Names, ranges and help of SliceOptions.
inline void describe(core::OptionVisitor& visitor, SliceOptions& options) {
    visitor.visit({.name = "end_slices",
                   .help = "First and last slice of scans that are not anatomical: drop; keep; "
                           "auto: keep those where the mask has brain",
                   .affects = core::Affects::data},
                  options.end_slices);
}

/// Names, ranges and help of AugmentOptions.
inline void describe(core::OptionVisitor& visitor, AugmentOptions& options) {
    using core::Affects;
    visitor.visit({.name = "enable_augmentation",
                   .help = "Add augmented copies of the training scans",
                   .affects = Affects::data},
                  options.enable_augmentation);
    visitor.visit(
        {.name = "in_place_augmentation",
         .aliases = {"ia"},
         .help = "True: random scheme, each operation is applied by chance; False: basic "
                 "scheme, a rotated copy, an affine copy and a copy with both of every scan",
         .affects = Affects::data},
        options.in_place_augmentation);
    visitor.visit(
        {.name = "augmentation_threshold",
         .aliases = {"at"},
         .help = "Random scheme: probability that a scan is chosen; each operation is then "
                 "applied with probability 1 - P",
         .affects = Affects::data,
         .value_name = "P",
         .range = "[0,1)",
         .min = 0,
         .max = 1,
         .max_open = true},
        options.augmentation_threshold);
    visitor.visit({.name = "enable_rotation",
                   .aliases = {"er"},
                   .help = "Rotate by up to pi/100 about each axis and move by up to 0.5 mm",
                   .affects = Affects::data},
                  options.enable_rotation);
    visitor.visit({.name = "enable_affine",
                   .aliases = {"ea"},
                   .help = "Scale by 0.95 to 1.05 along each axis and shear by up to 0.1",
                   .affects = Affects::data},
                  options.enable_affine);
    visitor.visit({.name = "enable_noise",
                   .aliases = {"en"},
                   .help = "Add Gaussian noise, random scheme only",
                   .affects = Affects::data},
                  options.enable_noise);
    visitor.visit({.name = "enable_contrast_change",
                   .aliases = {"ec"},
                   .help = "Equalise the histogram adaptively, random scheme only",
                   .affects = Affects::data},
                  options.enable_contrast_change);
    visitor.visit({.name = "augment_validation",
                   .help = "Augment the validation scans as well",
                   .affects = Affects::data},
                  options.augment_validation);
    visitor.visit({.name = "write_augmented",
                   .help = "Folder to which the augmented copies are written as well",
                   .affects = Affects::run,
                   .value_name = "DIR"},
                  options.write_augmented);
}

}  // namespace msunet::imaging
