// SPDX-License-Identifier: Apache-2.0
/// \file
/// Samples as windows on slices: one list per patch size and stride.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/options.hpp"

namespace msunet::data {

/// Size and stride of patches: fractions of the slice, or fixed pixels.
struct PatchSpec {
    bool fractional = true;
    double fraction = 0.75;
    double stride_fraction = 0.125;
    std::int64_t size = 128;   ///< pixels, square, a multiple of 32; only if not fractional
    std::int64_t stride = 32;  ///< pixels; only if not fractional
    friend bool operator==(const PatchSpec&, const PatchSpec&) = default;
};

/// The patches that options and grid ask for: `size` and `stride` count if not fractional.
PatchSpec patch_spec(const PatchOptions& options, std::int64_t size, std::int64_t stride);

/// Height, width and strides (pixels) of the patches of one slice size.
struct PatchSize {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint32_t row_stride = 1;
    std::uint32_t column_stride = 1;
    friend bool operator==(const PatchSize&, const PatchSize&) = default;
};

/// Patch size on a slice of height x width pixels. Fractions as Python computes them: the floor of
/// the product in double (floor(50 * 0.58) is 28), at least 1.
PatchSize patch_size(const PatchSpec& spec, std::uint32_t height, std::uint32_t width);

/// Height or width to which samples are padded, in pixels: the longest side of the data set's
/// patches rounded up to a multiple of 32, or the side of fixed patches.
[[nodiscard]] std::int64_t padded_side(const PatchSpec& spec, std::uint32_t longest);

/// Which samples: of the split's two parts, or the training part without augmented copies.
enum class Part : std::uint8_t { training, validation, training_original };

/// What a source is in a training. Without folds its `validation` decides.
enum class SourceUse : std::uint8_t { training, validation, none };

/// The samples of a data set for one patch size and stride, in the order source (originals in the
/// order of the files, then augmented copies), slice, row, column. A sample's id is its position.
class PatchIndex {
public:
    struct Window {
        std::uint32_t slice = 0;  ///< index into Dataset::slices()
        std::uint32_t row = 0, column = 0;
        std::uint32_t height = 0, width = 0;
        friend bool operator==(const Window&, const Window&) = default;
    };

    /// Throws core::InputError, naming every volume concerned, where a slice is smaller than a
    /// fixed patch.
    PatchIndex(const Dataset& dataset, const PatchSpec& spec);
    /// The same samples with another split, `uses` by source; shares the windows with `all`.
    PatchIndex(const PatchIndex& all, const Dataset& dataset, std::span<const SourceUse> uses);

    const PatchSpec& spec() const noexcept { return spec_; }
    const std::vector<Window>& windows() const noexcept { return samples_->windows; }
    std::size_t size() const noexcept { return samples_->windows.size(); }

    /// Height and width of a sample as the network sees it, see `padded_side`.
    std::int64_t padded_height() const noexcept { return padded_height_; }
    std::int64_t padded_width() const noexcept { return padded_width_; }
    /// "H/W" of the padded patch, as the summary prints `patch_dimensions` of fractional patches.
    std::string padded_text() const;

    /// Sample ids in the order of the files, augmented copies last.
    const std::vector<std::uint32_t>& training() const noexcept { return training_; }
    const std::vector<std::uint32_t>& validation() const noexcept { return validation_; }
    const std::vector<std::uint32_t>& training_original() const noexcept {
        return training_original_;
    }
    std::span<const std::uint32_t> samples(Part part) const noexcept;
    /// Sample ids of one modality in a part; empty where it has none.
    std::vector<std::uint32_t> samples(Part part, core::Modality modality) const;

    /// Modality of a sample.
    core::Modality modality(std::uint32_t sample) const { return samples_->modalities[sample]; }

private:
    /// What does not depend on the split.
    struct Samples {
        std::vector<Window> windows;
        std::vector<core::Modality> modalities;
    };
    void add_windows(const Dataset& dataset, std::uint32_t slice, Samples& samples) const;
    void split(const Dataset& dataset, std::span<const SourceUse> uses);

    PatchSpec spec_;
    std::shared_ptr<const Samples> samples_;
    std::vector<std::uint32_t> training_, validation_, training_original_;
    std::int64_t padded_height_ = 0, padded_width_ = 0;
};

/// Weight of every sample of `index`, by sample id: `factor` where the sample is of the `weighted`
/// modality, else 1. regwarp scans are warped noddi scans: weighting noddi weighs them too.
std::vector<float> sample_weights(const PatchIndex& index, std::optional<core::Modality> weighted,
                                  double factor);

}  // namespace msunet::data
