// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/patch_index.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::data {

namespace {

/// int(length * fraction) as Python computes it, at least 1.
std::uint32_t share_of_length(std::uint32_t length, double fraction) {
    return std::max(1U, static_cast<std::uint32_t>(std::floor(length * fraction)));
}

/// One problem a volume whose slices are smaller than a fixed patch.
void refuse_small_slices(const Dataset& dataset, std::int64_t size) {
    std::vector<core::Problem> problems;
    std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
    for (const Slice& slice : dataset.slices()) {
        if (slice.source == last || std::min(slice.height, slice.width) >= size) continue;
        last = slice.source;
        problems.push_back(
            {.path = dataset.source_of(slice).name,
             .problem = core::concat(": its slices have ", slice.width, "x", slice.height,
                                     " pixels, fewer than patch_dimensions ", size),
             .advice = "use a smaller patch_dimensions, a larger -ts, or -ufp True"});
    }
    if (!problems.empty()) throw core::InputError(problems);
}

}  // namespace

std::int64_t padded_side(const PatchSpec& spec, std::uint32_t longest) {
    return spec.fractional ? (std::int64_t{longest} + 31) / 32 * 32 : spec.size;
}

PatchSpec patch_spec(const PatchOptions& options, std::int64_t size, std::int64_t stride) {
    return {.fractional = options.use_frac_patch,
            .fraction = options.frac_patch,
            .stride_fraction = options.frac_stride,
            .size = size,
            .stride = stride};
}

PatchSize patch_size(const PatchSpec& spec, std::uint32_t height, std::uint32_t width) {
    if (spec.fractional) {
        return {.height = share_of_length(height, spec.fraction),
                .width = share_of_length(width, spec.fraction),
                .row_stride = share_of_length(height, spec.stride_fraction),
                .column_stride = share_of_length(width, spec.stride_fraction)};
    }
    const auto size = static_cast<std::uint32_t>(spec.size);
    const auto stride = static_cast<std::uint32_t>(spec.stride);
    return {.height = size, .width = size, .row_stride = stride, .column_stride = stride};
}

PatchIndex::PatchIndex(const Dataset& dataset, const PatchSpec& spec) : spec_(spec) {
    if (!spec.fractional) refuse_small_slices(dataset, spec.size);
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    for (const Slice& slice : dataset.slices()) {
        const PatchSize size = patch_size(spec, slice.height, slice.width);
        height = std::max(height, size.height);
        width = std::max(width, size.width);
    }
    padded_height_ = padded_side(spec, height);
    padded_width_ = padded_side(spec, width);
    Samples samples;
    for (std::uint32_t slice = 0; slice < dataset.slices().size(); ++slice) {
        add_windows(dataset, slice, samples);
    }
    samples_ = std::make_shared<const Samples>(std::move(samples));
    std::vector<SourceUse> uses;
    for (const Source& source : dataset.sources()) {
        uses.push_back(source.validation ? SourceUse::validation : SourceUse::training);
    }
    split(dataset, uses);
}

PatchIndex::PatchIndex(const PatchIndex& all, const Dataset& dataset,
                       std::span<const SourceUse> uses)
    : spec_(all.spec_),
      samples_(all.samples_),
      padded_height_(all.padded_height_),
      padded_width_(all.padded_width_) {
    split(dataset, uses);
}

void PatchIndex::split(const Dataset& dataset, std::span<const SourceUse> uses) {
    for (std::uint32_t sample = 0; sample < size(); ++sample) {
        const std::uint32_t number = dataset.slices()[windows()[sample].slice].source;
        if (uses[number] == SourceUse::none) continue;
        const bool validates = uses[number] == SourceUse::validation;
        (validates ? validation_ : training_).push_back(sample);
        if (!validates && !dataset.sources()[number].augmented) {
            training_original_.push_back(sample);
        }
    }
}

void PatchIndex::add_windows(const Dataset& dataset, std::uint32_t slice, Samples& samples) const {
    const Slice& whole = dataset.slices()[slice];
    const Source& source = dataset.source_of(whole);
    const PatchSize size = patch_size(spec_, whole.height, whole.width);
    for (std::uint64_t row = 0; row + size.height <= whole.height; row += size.row_stride) {
        for (std::uint64_t column = 0; column + size.width <= whole.width;
             column += size.column_stride) {
            if (samples.windows.size() == std::numeric_limits<std::uint32_t>::max()) {
                throw core::InputError(core::concat(
                    "the patches are more than 2^32 - 1, raise the stride (patch_stride or -fs)"));
            }
            samples.windows.push_back({.slice = slice,
                                       .row = static_cast<std::uint32_t>(row),
                                       .column = static_cast<std::uint32_t>(column),
                                       .height = size.height,
                                       .width = size.width});
            samples.modalities.push_back(source.modality);
        }
    }
}

std::string PatchIndex::padded_text() const {
    return core::concat(padded_height_, "/", padded_width_);
}

std::span<const std::uint32_t> PatchIndex::samples(Part part) const noexcept {
    switch (part) {
        case Part::training:
            return training_;
        case Part::validation:
            return validation_;
        case Part::training_original:
            return training_original_;
    }
    return {};
}

std::vector<std::uint32_t> PatchIndex::samples(Part part, core::Modality modality) const {
    std::vector<std::uint32_t> chosen;
    std::ranges::copy_if(samples(part), std::back_inserter(chosen), [&](std::uint32_t sample) {
        return samples_->modalities[sample] == modality;
    });
    return chosen;
}

}  // namespace msunet::data
