// SPDX-License-Identifier: Apache-2.0
#include "picture_maker.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <span>
#include <utility>

#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::size_t pictures_of_modality = 6;
/// More slices of a modality than these would only cost time.
constexpr std::size_t candidates_of_modality = 64;

/// A window of a slice.
struct Window {
    std::size_t row = 0, column = 0;
};

std::vector<std::vector<std::size_t>> choose_candidates(const data::Dataset& dataset) {
    const auto& slices = dataset.slices();
    const bool validation = std::ranges::any_of(
        slices, [&](const data::Slice& slice) { return dataset.source_of(slice).validation; });
    std::vector<std::vector<std::size_t>> candidates(core::modality_names.size());
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const auto& source = dataset.source_of(slices[i]);
        if (source.augmented || source.validation != validation) continue;
        candidates[static_cast<std::size_t>(source.modality)].push_back(i);
    }
    for (auto& list : candidates) list = spread(list, candidates_of_modality);
    return candidates;
}

/// Positions of all slices within their source, from 0, and how many each source has.
struct Positions {
    explicit Positions(const data::Dataset& dataset) : counts(dataset.sources().size(), 0) {
        for (const auto& slice : dataset.slices()) of_slice.push_back(counts[slice.source]++);
    }
    std::vector<std::int64_t> of_slice;
    std::vector<std::int64_t> counts;
};

/// Likelihood (height x width) of a slice: the mean over windows of the size that was trained on.
class SlicePredictor {
public:
    SlicePredictor(const data::Dataset& dataset, const train::TrainedTrial& trained)
        : dataset_(dataset),
          trained_(trained),
          padded_height_(static_cast<std::size_t>(trained.index.padded_height())),
          padded_width_(static_cast<std::size_t>(trained.index.padded_width())) {}

    std::vector<float> operator()(const data::Slice& slice) const {
        const auto size = data::patch_size(trained_.index.spec(), slice.height, slice.width);
        std::vector<Window> windows;
        for (const std::size_t row : covering_offsets(slice.height, size.height)) {
            for (const std::size_t column : covering_offsets(slice.width, size.width)) {
                windows.push_back({row, column});
            }
        }
        std::vector<float> sums(std::size_t{slice.height} * slice.width, 0);
        std::vector<float> counts(sums.size(), 0);
        const auto batch = static_cast<std::size_t>(trained_.batch_size);
        for (std::size_t i = 0; i < windows.size(); i += batch) {
            add(slice, size, std::span(windows).subspan(i, std::min(batch, windows.size() - i)),
                sums, counts);
            trained_.alive();
        }
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] /= counts[i];
        return sums;
    }

private:
    void add(const data::Slice& slice, const data::PatchSize& size, std::span<const Window> windows,
             std::vector<float>& sums, std::vector<float>& counts) const {
        const auto voxels = dataset_.voxels(slice);
        std::vector<float> batch(windows.size() * padded_height_ * padded_width_, 0);
        for_rows(slice, size, windows, [&](std::size_t in_slice, std::size_t in_batch) {
            std::copy_n(voxels.begin() + static_cast<std::ptrdiff_t>(in_slice), size.width,
                        batch.begin() + static_cast<std::ptrdiff_t>(in_batch));
        });
        const auto likelihood = trained_.engine.predict(batch);
        for_rows(slice, size, windows, [&](std::size_t in_slice, std::size_t in_batch) {
            for (std::size_t x = 0; x < size.width; ++x) {
                sums[in_slice + x] += likelihood[in_batch + x];
                counts[in_slice + x] += 1;
            }
        });
    }

    /// Calls `use` with each row of each window: where it begins in the slice and in the batch.
    template <class F>
    void for_rows(const data::Slice& slice, const data::PatchSize& size,
                  std::span<const Window> windows, F&& use) const {
        for (std::size_t i = 0; i < windows.size(); ++i) {
            for (std::size_t y = 0; y < size.height; ++y) {
                use((windows[i].row + y) * slice.width + windows[i].column,
                    (i * padded_height_ + y) * padded_width_);
            }
        }
    }

    const data::Dataset& dataset_;
    const train::TrainedTrial& trained_;
    std::size_t padded_height_;
    std::size_t padded_width_;
};

/// Voxels as grey values: from 0 to the value that all but the brightest 0.5 % stay below.
std::vector<std::uint8_t> gray_of(std::span<const float> voxels) {
    std::vector<float> sorted(voxels.begin(), voxels.end());
    const auto bright = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 199 / 200);
    std::nth_element(sorted.begin(), bright, sorted.end());
    const float white = bright == sorted.end() || *bright <= 0 ? 1.0F : *bright;
    std::vector<std::uint8_t> gray(voxels.size());
    std::ranges::transform(voxels, gray.begin(), [white](float value) {
        return static_cast<std::uint8_t>(std::lround(255 * std::clamp(value / white, 0.0F, 1.0F)));
    });
    return gray;
}

/// Dice of two masks; 1 where both are empty.
double dice_of(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    std::size_t both = 0;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        both += a[i] & b[i];
        sum += std::size_t{a[i]} + b[i];
    }
    return sum == 0 ? 1 : 2 * static_cast<double>(both) / static_cast<double>(sum);
}

}  // namespace

std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::size_t count) {
    if (all.size() <= count) return all;
    std::vector<std::size_t> chosen(count);
    for (std::size_t i = 0; i < count; ++i) chosen[i] = all[(2 * i + 1) * all.size() / (2 * count)];
    return chosen;
}

std::vector<std::size_t> covering_offsets(std::size_t length, std::size_t size) {
    if (size >= length) return {0};
    const std::size_t step = std::max<std::size_t>(1, size / 2);
    const std::size_t gaps = (length - size + step - 1) / step;
    std::vector<std::size_t> offsets(gaps + 1);
    for (std::size_t i = 0; i <= gaps; ++i) offsets[i] = i * (length - size) / gaps;
    return offsets;
}

PictureMaker::PictureMaker(const data::Dataset& dataset, const std::string& metric,
                           std::filesystem::path folder)
    : dataset_(dataset),
      folder_(std::move(folder)),
      standing_([&metric] {
          record::SweepRecord nothing_yet;
          nothing_yet.start.metric = metric;
          return nothing_yet;
      }()),
      candidates_(choose_candidates(dataset)) {}

void PictureMaker::look(const train::TrainedTrial& trained) noexcept {
    try {
        if (standing_.add(trained.result)) draw(trained);
    } catch (const std::exception& error) {
        const std::string_view what = error.what();
        core::log::alert(concat("permutation ", trained.result.trial,
                                ": no pictures for the report (", what.substr(0, what.find('\n')),
                                ")"));
    }
}

void PictureMaker::draw(const train::TrainedTrial& trained) const {
    const SlicePredictor predict(dataset_, trained);
    const Positions positions(dataset_);
    std::vector<report::SlicePicture> pictures;
    for (const auto& candidates : candidates_) {
        std::vector<report::SlicePicture> drawn;
        std::vector<report::SliceScore> scores;
        for (const std::size_t i : candidates) {
            const auto& slice = dataset_.slices()[i];
            const auto likelihood = predict(slice);
            const auto mask = dataset_.masks(slice);
            report::SlicePicture picture;
            picture.mask.assign(mask.begin(), mask.end());
            picture.prediction.resize(mask.size());
            std::ranges::transform(likelihood, picture.prediction.begin(),
                                   [](float value) { return value > 0.5F ? 1 : 0; });
            picture.dice = dice_of(picture.mask, picture.prediction);
            scores.push_back({slice.source, positions.of_slice[i], picture.dice});
            drawn.push_back(std::move(picture));
        }
        for (const std::size_t chosen : report::worst_slices(scores, pictures_of_modality)) {
            const auto& slice = dataset_.slices()[candidates[chosen]];
            const auto& source = dataset_.source_of(slice);
            auto& picture = drawn[chosen];
            picture.scan = source.name;
            picture.modality = source.modality;
            picture.slice = scores[chosen].slice + 1;
            picture.slices = positions.counts[slice.source];
            picture.width = slice.width;
            picture.height = slice.height;
            picture.gray = gray_of(dataset_.voxels(slice));
            pictures.push_back(std::move(picture));
        }
    }
    core::write_file_atomically(
        folder_ / record::trial_folder(trained.result.trial) / report::pictures_file_name,
        report::pictures_to_json(pictures));
}

}  // namespace msunet::app
