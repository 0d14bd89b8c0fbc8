// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/time_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <queue>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/dummy_samples.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/plan/search_outlook.hpp"
#include "msunet/train/step_timer.hpp"

namespace msunet::plan {

namespace {

/// Trainings beyond this many count as the mean of these.
constexpr std::size_t most_counted = 1000;
/// Of one size, and of all sizes together: a start must not wait.
constexpr double most_seconds = 1;
constexpr int most_steps = 3;
/// A sweep of fewer seconds is timed by one step, so that small ones start at once.
constexpr double short_sweep = 60;

std::uint64_t windows_of(const imaging::Grid& grid, const data::PatchSpec& spec) {
    const auto height = static_cast<std::uint32_t>(grid.size[1]);
    const auto width = static_cast<std::uint32_t>(grid.size[0]);
    const auto patch = data::patch_size(spec, height, width);
    if (patch.height > height || patch.width > width) return 0;
    const std::uint64_t rows = (height - patch.height) / patch.row_stride + 1;
    const std::uint64_t columns = (width - patch.width) / patch.column_stride + 1;
    return rows * columns;
}

/// What an estimate depends on.
struct EstimateFacts {
    const settings::TrainSettings& settings;
    const GridPlan& plan;
    const prepare::Survey& survey;
    const StartPlan& decided;
    const device::Compute& compute;
    std::int64_t threads;  ///< of this rank
};

double pixels(const StepSize& size) {
    return static_cast<double>(std::get<1>(size)) * static_cast<double>(std::get<2>(size));
}

double fastest(const train::StepTimes& times) {
    return *std::ranges::min_element(times.seconds) / times.samples;
}

StepSpeed time_size(const StepSize& size, unet::Hyperparameters hyperparameters,
                    model::Precision precision, int steps) {
    const auto [batch, height, width] = size;
    hyperparameters.batch_size = batch;
    const auto dataset = data::dummy_samples(batch, height, width);
    const data::PatchIndex index(dataset, {.fraction = 1, .stride_fraction = 1});
    const auto architecture = unet::published_architecture();
    const auto alone = comm::Communicator::self_without_mpi();
    const train::StepTimerPlace place{
        .architecture = architecture, .group = alone, .precision = precision};
    train::StepTimer timer(dataset, index, hyperparameters, place);
    const double began = core::steady_seconds();
    const auto may_go_on = [&] { return core::steady_seconds() - began < most_seconds; };
    timer.warm_up(1, false);
    // The fastest of several short steps: other load on the machine comes and goes.
    for (int i = 0; i == 0 || (i < steps && may_go_on()); ++i) timer.train();
    timer.warm_up(1, true);
    for (int i = 0; i == 0 || (i < steps && may_go_on()); ++i) timer.infer();
    if (!timer.failure().empty()) return {};
    return {fastest(timer.training()), fastest(timer.inference())};
}

unet::Hyperparameters hyperparameters_of(const EstimateFacts& facts,
                                         const core::Permutation& permutation) {
    return unet::from_permutation(permutation, settings::default_hyperparameters(facts.settings));
}

/// What rank 0 knows of the sweep.
const record::SweepStart& start_of(const EstimateFacts& facts) {
    const auto* record = facts.decided.open.record();
    return record != nullptr ? record->start : facts.decided.first;
}

SampleCounts samples_of(const EstimateFacts& facts, const unet::Hyperparameters& permutation) {
    return count_samples(facts.survey,
                         data::patch_spec(facts.settings.patches, permutation.patch_dimensions,
                                          permutation.patch_stride),
                         facts.plan.folding.folds);
}

/// The step that is timed for a permutation: of this rank's part of a batch.
StepSize step_of(const EstimateFacts& facts, const unet::Hyperparameters& permutation,
                 const SampleCounts& samples) {
    const auto ranks = facts.decided.placement.group_size;
    const auto batch = (permutation.batch_size + ranks - 1) / ranks;
    return {timed_samples(batch, samples.height * samples.width, facts.threads), samples.height,
            samples.width};
}

/// Whether a trial has failed and is tried again.
bool is_retried(const record::SweepRecord& record, record::TrialId trial, bool retry_failed) {
    const auto* result = record.result(trial);
    return retry_failed && result != nullptr && result->state == record::TrialState::failed;
}

/// Epochs of a training that need not be trained again; `trials`: its trials_left.
std::int64_t epochs_done(const record::SweepRecord& record, record::TrialId training,
                         const std::vector<record::TrialId>& trials) {
    // It starts again for those that have failed, or were left out.
    const auto starts_again = [&](record::TrialId trial) {
        return record.result(trial) != nullptr || record.is_left_out(trial);
    };
    if (std::ranges::any_of(trials, starts_again)) return 0;
    const auto checkpoint = record.checkpoint_of(training);
    return checkpoint ? checkpoint->epoch : 0;
}

/// Seconds of a training, of which `done` epochs have been trained; `trials`: those that it serves.
double training_seconds(const EstimateFacts& facts, const StepSpeeds& speeds,
                        const std::vector<record::TrialId>& trials, std::int64_t done) {
    const auto& start = start_of(facts);
    std::int64_t epochs = 0;
    for (const auto trial : trials) {
        const auto permutation = hyperparameters_of(facts, start.permutation(trial));
        if (permutation.pca_only) return 0;
        epochs = std::max(epochs, permutation.epochs - done);
    }
    const auto permutation = hyperparameters_of(facts, start.permutation(trials.front()));
    const auto samples = samples_of(facts, permutation);
    const auto speed = speed_of(speeds, step_of(facts, permutation, samples));
    const auto training = static_cast<double>(samples.training);
    const auto validation = static_cast<double>(samples.validation);
    // At its end a trial is evaluated by modality, on all of its samples.
    const double seconds =
        static_cast<double>(epochs) * (training * speed.training + validation * speed.inference) +
        static_cast<double>(trials.size()) * (training + validation) * speed.inference;
    return seconds / static_cast<double>(facts.decided.placement.group_size);
}

/// Seconds of the refit, which one group trains after all others: those of the mean permutation, or
/// of the best one where that is known; 0 where none is left.
double refit_seconds(const EstimateFacts& facts, const StepSpeeds& speeds) {
    const auto& plan = facts.plan;
    if (!facts.settings.sweep.refit || !plan.folding.any()) return 0;
    std::vector<core::Permutation> candidates;
    const auto* record = facts.decided.open.record();
    if (record != nullptr && record->unfinished() == 0 && !facts.settings.sweep.retry_failed) {
        const auto state = experiment::refit_state(facts.decided.open.folder, *record, true);
        if (state.stage != experiment::RefitStage::left) return 0;
        candidates.push_back(experiment::refit_permutation(*record, state.permutation));
    } else {
        const auto& trials = plan.selection.trials;
        for (std::size_t i = 0; i < std::min(trials.size(), most_counted); ++i) {
            candidates.push_back(plan.grid->permutation(trials[i]));
        }
    }
    double sum = 0;
    for (const auto& candidate : candidates) {
        const auto values = hyperparameters_of(facts, candidate);
        const auto spec =
            data::patch_spec(facts.settings.patches, values.patch_dimensions, values.patch_stride);
        const auto samples = count_samples(facts.survey, spec);
        const auto speed = speed_of(speeds, step_of(facts, values, samples));
        sum += static_cast<double>(samples.training) *
               (static_cast<double>(values.epochs) * speed.training + speed.inference);
    }
    return candidates.empty() ? 0
                              : sum / static_cast<double>(candidates.size()) /
                                    static_cast<double>(facts.decided.placement.group_size);
}

/// Whether trials may end before their last epoch, or the sweep before its last trial.
bool may_end_early(const EstimateFacts& facts) {
    const auto& settings = facts.settings;
    return sweep::waits_at_rungs(settings.sweep.strategy) || settings.sweep.performance_target ||
           settings::default_hyperparameters(settings).early_stopping ||
           facts.plan.grid->lists().contains("early_stopping");
}

/// By the fastest of so many steps of each size. Empty where nothing is to be trained or steps
/// fail.
StepSpeeds time_steps(const EstimateFacts& facts, int steps) {
    const core::FaultPause trials_alone_fail;
    StepSpeeds speeds;
    const double began = core::steady_seconds();
    const auto& permutations = facts.plan.selection.trials;
    const std::size_t counted = std::min(permutations.size(), most_counted);
    for (std::size_t n = 0; n < counted; ++n) {
        if (!speeds.empty() && core::steady_seconds() - began > most_seconds) break;
        const auto permutation =
            hyperparameters_of(facts, facts.plan.grid->permutation(permutations[n]));
        if (permutation.pca_only) continue;
        const auto size = step_of(facts, permutation, samples_of(facts, permutation));
        if (speeds.contains(size)) continue;
        const auto speed = time_size(size, permutation, facts.compute.precision(), steps);
        if (speed.training > 0) speeds[size] = speed;
    }
    model::release_memory();
    return speeds;
}

/// Seconds until the last training ends. `speeds` is not empty. Rank 0 knows.
double seconds_left(const EstimateFacts& facts, const StepSpeeds& speeds) {
    const auto groups = std::max<std::int64_t>(1, facts.decided.placement.groups);
    const auto* record = facts.decided.open.record();
    const auto& start = start_of(facts);
    const auto joined = start.shared_trainings();
    std::vector<double> seconds;
    double left = 0;
    for (const auto training : start.trials) {
        if (joined.contains(training)) continue;
        const auto trials = record != nullptr
                                ? trials_left(*record, training, facts.settings.sweep.retry_failed)
                                : start.trials_of(training);
        if (trials.empty()) continue;
        ++left;
        if (seconds.size() == most_counted) continue;
        const auto done = record != nullptr ? epochs_done(*record, training, trials) : 0;
        seconds.push_back(training_seconds(facts, speeds, trials, done));
    }
    // What is still to be suggested counts as the mean of the others.
    const auto count = facts.plan.selection.count() * facts.plan.folding.trials();
    left += static_cast<double>(count - std::min(count, start.trials.size()));
    if (left == 0) return 0;
    if (seconds.empty()) {
        seconds.push_back(training_seconds(facts, speeds, {start.trials.front()}, 0));
    }
    return makespan(seconds, groups) * left / static_cast<double>(seconds.size()) *
           search_share(facts.decided);
}

std::string estimate_text(const EstimateFacts& facts, double sweep, double refit) {
    const auto& limits = facts.decided.limits;
    const double seconds = sweep + refit;
    auto text = core::concat(may_end_early(facts) ? "at most " : "about ", rough_duration(seconds),
                             sweep > 0 || refit == 0 ? " of training" : " for the refit");
    if (sweep > 0 && refit > 0) {
        text += core::concat(", ", rough_duration(refit), " of it for the refit");
    }
    text += ", from steps that were timed now";
    auto end = limits.time_limit;
    if (limits.stop_before && (!end || *limits.stop_before < *end)) end = limits.stop_before;
    if (end && core::unix_now() + seconds > *end) {
        text += core::concat("; a limit comes before that, at ", core::date_text(*end));
    }
    return text;
}

}  // namespace

SampleCounts count_samples(const prepare::Survey& survey, const data::PatchSpec& spec,
                           std::uint64_t folds) {
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
    if (folds > 0) counts.validation = counts.training / folds;
    if (training_pairs > 0) counts.training += counts.training * survey.copies / training_pairs;
    if (folds > 0) counts.training -= counts.training / folds;
    return counts;
}

std::vector<record::TrialId> trials_left(const record::SweepRecord& record,
                                         record::TrialId training, bool retry_failed) {
    auto trials = record.start.trials_of(training);
    std::erase_if(trials, [&](record::TrialId trial) {
        // What is left out waits again for a first trial that is tried again.
        const auto decides = record.is_left_out(trial) ? record.start.folding.first(trial) : trial;
        return record.result(decides) != nullptr && !is_retried(record, decides, retry_failed);
    });
    return trials;
}

std::string rough_duration(double seconds) {
    if (seconds < 59.5) return core::concat(std::max<long>(1, std::lround(seconds)), " s");
    const double unit = seconds < 600 ? 10 : seconds < 36000 ? 60 : 3600;
    return core::duration_text(std::round(seconds / unit) * unit);
}

std::int64_t timed_samples(std::int64_t batch, std::int64_t pixels, std::int64_t threads) {
    constexpr std::int64_t pixels_of_thread = 16384;
    return std::clamp<std::int64_t>(threads * pixels_of_thread / pixels, 1, batch);
}

StepSpeed speed_of(const StepSpeeds& speeds, const StepSize& size) {
    if (const auto known = speeds.find(size); known != speeds.end()) return known->second;
    const auto nearest = std::ranges::min_element(speeds, {}, [&size](const auto& entry) {
        return std::abs(std::log(pixels(entry.first) / pixels(size)));
    });
    const double scale = pixels(size) / pixels(nearest->first);
    return {nearest->second.training * scale, nearest->second.inference * scale};
}

double makespan(std::vector<double> seconds, std::int64_t groups) {
    std::ranges::sort(seconds, std::greater{});
    std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
    for (std::int64_t group = 0; group < groups; ++group) free_at.push(0);
    double last = 0;
    for (const double one : seconds) {
        const double end = free_at.top() + one;
        free_at.pop();
        free_at.push(end);
        last = std::max(last, end);
    }
    return last;
}

std::string estimate_training(const settings::TrainSettings& settings, const GridPlan& plan,
                              const prepare::Survey& survey, const StartPlan& decided,
                              const device::Compute& compute, const comm::Communicator& world) {
    if (decided.open.finished || compute.on_gpu()) return {};
    const auto& slot = decided.placement.slots[static_cast<std::size_t>(world.rank())];
    model::set_threads(static_cast<int>(slot.threads));
    const EstimateFacts facts{settings, plan, survey, decided, compute, slot.threads};
    auto speeds = time_steps(facts, 1);
    const double roughly = speeds.empty() || !world.is_root() ? 0 : seconds_left(facts, speeds);
    if (world.broadcast(roughly) >= short_sweep) speeds = time_steps(facts, most_steps);
    if (!world.is_root() || speeds.empty()) return {};
    return estimate_text(facts, seconds_left(facts, speeds), refit_seconds(facts, speeds));
}

}  // namespace msunet::plan
