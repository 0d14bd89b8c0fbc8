// SPDX-License-Identifier: Apache-2.0
#include "trial_pictures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <span>
#include <utility>

#include "msunet/core/failure_text.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/report/pictures.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::size_t pictures_of_modality = 6;
/// Slices of a modality that are predicted at most, to limit the time.
constexpr std::size_t candidates_of_modality = 64;

/// By modality: slices with validation samples; without any, original slices of training.
std::vector<std::vector<std::size_t>> choose_candidates(const data::Dataset& dataset,
                                                        const data::PatchIndex& index) {
    const auto& slices = dataset.slices();
    const auto& samples =
        index.validation().empty() ? index.training_original() : index.validation();
    std::vector<bool> is_there(slices.size());
    for (const auto sample : samples) is_there[index.windows()[sample].slice] = true;
    std::vector<std::vector<std::size_t>> candidates(core::modality_names.size());
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const auto& source = dataset.source_of(slices[i]);
        if (source.augmented || !is_there[i]) continue;
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

/// Likelihood (height x width) of a slice, through the trial's engine on whatever device.
std::vector<float> likelihood_of(const data::Dataset& dataset, const data::Slice& slice,
                                 const train::TrainedTrial& trained) {
    const auto voxels = dataset.voxels(slice);
    const auto height = static_cast<std::size_t>(trained.index.padded_height());
    const auto width = static_cast<std::size_t>(trained.index.padded_width());
    const auto windows = predict::windows_of(trained.index.spec(), slice.height, slice.width);
    const auto batch_size = static_cast<std::size_t>(trained.batch_size);
    predict::Stitch stitch(slice.height, slice.width, predict::Combination::mean);
    for (std::size_t first = 0; first < windows.size(); first += batch_size) {
        const auto batch =
            std::span(windows).subspan(first, std::min(batch_size, windows.size() - first));
        std::vector<float> pictures(batch.size() * height * width, 0);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            for (std::size_t y = 0; y < batch[i].height; ++y) {
                const auto from = (batch[i].row + y) * slice.width + batch[i].column;
                std::ranges::copy(voxels.subspan(from, batch[i].width),
                                  &pictures[(i * height + y) * width]);
            }
        }
        const auto likelihoods = trained.predict(pictures);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            stitch.add(batch[i], &likelihoods[i * height * width], width);
        }
    }
    std::vector<float> likelihood(voxels.size());
    stitch.take(likelihood);
    return likelihood;
}

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

bool has_pictures(const std::filesystem::path& folder, record::TrialId trial) {
    return std::filesystem::exists(folder / record::trial_folder(trial) /
                                   report::pictures_file_name);
}

void without_pictures_on_failure(record::TrialId trial,
                                 const std::function<void()>& draw) noexcept {
    try {
        draw();
    } catch (const std::exception& error) {
        core::log::alert(concat("trial ", trial, ": no pictures for the report (",
                                core::failure_text(error), ")"));
    }
}

void draw_pictures(const data::Dataset& dataset, const std::filesystem::path& folder,
                   const train::TrainedTrial& trained) {
    const Positions positions(dataset);
    std::vector<report::SlicePicture> pictures;
    for (const auto& candidates : choose_candidates(dataset, trained.index)) {
        std::vector<report::SlicePicture> drawn;
        std::vector<report::SliceScore> scores;
        for (const std::size_t i : candidates) {
            const auto& slice = dataset.slices()[i];
            const auto likelihood = likelihood_of(dataset, slice, trained);
            const auto mask = dataset.masks(slice);
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
            const auto& slice = dataset.slices()[candidates[chosen]];
            const auto& source = dataset.source_of(slice);
            auto& picture = drawn[chosen];
            picture.scan = source.name;
            picture.modality = source.modality;
            picture.slice = scores[chosen].slice + 1;
            picture.slices = positions.counts[slice.source];
            picture.width = slice.width;
            picture.height = slice.height;
            picture.gray = gray_of(dataset.voxels(slice));
            pictures.push_back(std::move(picture));
        }
    }
    core::write_file_atomically(
        folder / record::trial_folder(trained.result.trial) / report::pictures_file_name,
        report::pictures_to_json(pictures));
}

}  // namespace msunet::app
