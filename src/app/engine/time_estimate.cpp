// SPDX-License-Identifier: Apache-2.0
#include "time_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "bench_data.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/train/step_timer.hpp"

namespace msunet::app {

namespace {

/// Permutations beyond this many count as the mean of these.
constexpr std::size_t most_counted = 1000;
constexpr std::size_t most_timed = 3;

std::uint64_t windows_of(const imaging::Grid& grid, const data::PatchSpec& spec) {
    const auto height = static_cast<std::uint32_t>(grid.size[1]);
    const auto width = static_cast<std::uint32_t>(grid.size[0]);
    const auto patch = data::patch_size(spec, height, width);
    if (patch.height > height || patch.width > width) return 0;
    const std::uint64_t rows = (height - patch.height) / patch.row_stride + 1;
    const std::uint64_t columns = (width - patch.width) / patch.column_stride + 1;
    return rows * columns;
}

/// Seconds by sample.
struct Speed {
    double training = 0;
    double inference = 0;
};

/// Batch size, height and width of a step.
using StepSize = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

double pixels(const StepSize& size) {
    return static_cast<double>(std::get<1>(size)) * static_cast<double>(std::get<2>(size));
}

double fastest(const train::StepTimes& times) {
    return *std::ranges::min_element(times.seconds) / times.samples;
}

Speed time_steps(const StepSize& size, const unet::Hyperparameters& hyperparameters,
                 model::Precision precision) {
    const auto [batch, height, width] = size;
    const auto dataset = dummy_samples(batch, height, width);
    const data::PatchIndex index(dataset, {.fraction = 1, .stride_fraction = 1});
    const auto architecture = unet::published_architecture();
    const auto alone = comm::Communicator::self_without_mpi();
    const train::StepTimerPlace place{
        .architecture = architecture, .group = alone, .precision = precision};
    train::StepTimer timer(dataset, index, hyperparameters, place);
    timer.warm_up(1, false);
    for (int i = 0; i < 2; ++i) timer.train();
    timer.warm_up(1, true);
    timer.infer();
    if (!timer.failure().empty()) return {};
    return {fastest(timer.training()), fastest(timer.inference())};
}

/// Times each size that is asked for, until these are enough.
class Speeds {
public:
    explicit Speeds(model::Precision precision) : precision_(precision) {}

    Speed of(const StepSize& size, const unet::Hyperparameters& hyperparameters) {
        if (const auto known = timed_.find(size); known != timed_.end()) return known->second;
        if (timed_.size() < most_timed) {
            return timed_[size] = time_steps(size, hyperparameters, precision_);
        }
        const auto nearest = std::ranges::min_element(timed_, {}, [&size](const auto& entry) {
            return std::abs(std::log(pixels(entry.first) / pixels(size)));
        });
        const double scale = pixels(size) / pixels(nearest->first);
        return {nearest->second.training * scale, nearest->second.inference * scale};
    }

private:
    model::Precision precision_;
    std::map<StepSize, Speed> timed_;
};

}  // namespace

SampleCounts count_samples(const prepare::Survey& survey, const data::PatchSpec& spec) {
    SampleCounts counts;
    std::uint64_t training_pairs = 0;
    for (std::size_t i = 0; i < survey.pairs.size(); ++i) {
        const auto& pair = survey.pairs[i].pair;
        const auto& after = survey.pairs[i].after;
        const auto patch = data::patch_size(spec, static_cast<std::uint32_t>(after.size[1]),
                                            static_cast<std::uint32_t>(after.size[0]));
        counts.height = std::max(counts.height, data::padded_side(spec, patch.height));
        counts.width = std::max(counts.width, data::padded_side(spec, patch.width));
        const auto samples = windows_of(after, spec) * survey.slices[i];
        (pair.validation ? counts.validation : counts.training) += samples;
        if (!pair.validation) ++training_pairs;
    }
    if (training_pairs > 0) counts.training += counts.training * survey.copies / training_pairs;
    return counts;
}

double estimate_seconds(const TrainSettings& settings, const GridPlan& plan,
                        const prepare::Survey& survey, model::Precision precision) {
    const auto defaults = default_hyperparameters(settings);
    const auto& trials = plan.selection.trials;
    const std::size_t counted = std::min(trials.size(), most_counted);
    Speeds speeds(precision);
    double seconds = 0;
    for (std::size_t n = 0; n < counted; ++n) {
        const auto permutation =
            unet::from_permutation(plan.grid->permutation(trials[n]), defaults);
        if (permutation.pca_only) continue;
        const auto samples =
            count_samples(survey, data::patch_spec(settings.patches, permutation.patch_dimensions,
                                                   permutation.patch_stride));
        const auto speed =
            speeds.of({permutation.batch_size, samples.height, samples.width}, permutation);
        const auto training = static_cast<double>(samples.training);
        const auto validation = static_cast<double>(samples.validation);
        // After its last epoch a trial is evaluated by modality, on all of its samples.
        seconds += static_cast<double>(permutation.epochs) *
                       (training * speed.training + validation * speed.inference) +
                   (training + validation) * speed.inference;
    }
    return counted == 0
               ? 0
               : seconds * static_cast<double>(trials.size()) / static_cast<double>(counted);
}

}  // namespace msunet::app
