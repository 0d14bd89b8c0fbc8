// SPDX-License-Identifier: Apache-2.0
#include "train/trial_checkpoints.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/train/going_on.hpp"
#include "msunet/train/trial_failure.hpp"
#include "msunet/unet/identity.hpp"
#include "msunet/unet/step_values.hpp"
#include "train/leader_work.hpp"

namespace msunet::train {

namespace {

using core::concat;

std::string identity_of(const TrialSetup& setup) {
    return concat(unet::training_values(setup.hyperparameters, setup.context.patches.fixed()),
                  "seed ", setup.context.seed, " data ", setup.context.dataset.hash());
}

/// Whether the training has no result yet of all that it is to end for now.
bool has_all_ends(const Progress& progress, const std::vector<record::TrainingEnd>& ends) {
    return std::ranges::all_of(ends, [&](const record::TrainingEnd& end) {
        return std::ranges::find(progress.ends, end.trial) != progress.ends.end();
    });
}

/// With `--modality_metrics every_epoch` each epoch's Dice is a row of the modality file; the
/// training that ended may have been started without it.
std::vector<record::ModalityRow> modality_rows(const record::History& history,
                                               ModalityMetrics when) {
    std::vector<record::ModalityRow> rows;
    if (when != ModalityMetrics::every_epoch) return rows;
    for (const auto& report : history) {
        rows.push_back({.epoch = report.epoch, .dice = report.modality.value()});
    }
    return rows;
}

/// Collective over the group: whether `mine` is the same text on all ranks.
bool is_agreed(const comm::Communicator& group, const std::string& mine) {
    const auto texts = group.all_gather(mine);
    return std::ranges::all_of(texts, [&](const auto& text) { return text == texts.front(); });
}

std::string position_of(const Checkpoint& checkpoint) {
    return concat(checkpoint.progress.epoch, ' ', checkpoint.progress.step, ' ',
                  checkpoint.iterations);
}

/// Collective over the group: the first rank's problem.
std::string first_problem(const comm::Communicator& group, const std::string& mine) {
    const auto problems = group.all_gather(mine);
    const auto first = std::ranges::find_if(problems, [](const auto& one) { return !one.empty(); });
    return first == problems.end() ? std::string() : *first;
}

}  // namespace

TrialCheckpoints::TrialCheckpoints(const TrialSetup& setup, GroupControl& control)
    : setup_(setup),
      control_(control),
      identity_(identity_of(setup)),
      network_(unet::identity_of(setup.context.architecture)),
      writer_(setup.folder(setup.assignment.trial) / record::checkpoint_file_name),
      saved_at_(core::steady_seconds()) {}

bool TrialCheckpoints::goes_on_from_another() const {
    const auto& assignment = setup_.assignment;
    return !assignment.checkpoint.empty() &&
           assignment.checkpoint !=
               TrialSetup::file_name(assignment.trial, record::checkpoint_file_name);
}

std::string TrialCheckpoints::problem_of_another(const Checkpoint& checkpoint) const {
    const auto& context = setup_.context;
    const auto& progress = checkpoint.progress;
    if (progress.step != 0) return "it was saved within an epoch";
    if (context.folding.split(checkpoint.trial) != context.folding.split(setup_.assignment.trial)) {
        return "it is of another fold";
    }
    const EndOfTraining end{progress.history, progress.best_weights.empty() ? 0 : progress.epoch};
    for (const auto& one : setup_.ends) {
        auto obstacle = going_on_obstacle(end, one.hyperparameters,
                                          context.options.modality_metrics, context.metric);
        if (!obstacle.empty()) return obstacle;
    }
    return {};
}

std::string TrialCheckpoints::problem_of(const Checkpoint& checkpoint) const {
    const bool is_own = !goes_on_from_another();
    const auto& assignment = setup_.assignment;
    if (checkpoint.identity != identity_ ||
        (is_own && (checkpoint.trial != assignment.trial ||
                    !has_all_ends(checkpoint.progress, assignment.ends)))) {
        return "it belongs to another trial or to other data";
    }
    if (checkpoint.network != network_) return "it is of another network";
    return is_own ? std::string() : problem_of_another(checkpoint);
}

std::string TrialCheckpoints::restore(StepEngine& engine, Progress& progress) const {
    const auto file = setup_.context.experiment_folder / setup_.assignment.checkpoint;
    const auto name = concat("checkpoint ", core::quoted(file.string()));
    auto read = read_checkpoint(file);
    std::string problem;
    if (const auto* unusable = std::get_if<UnusableCheckpoint>(&read)) problem = unusable->reason;
    auto* checkpoint = std::get_if<Checkpoint>(&read);
    if (checkpoint != nullptr) {
        problem = problem_of(*checkpoint);
        if (!problem.empty()) problem = concat(name, " can't be used (", problem, ")");
    }
    if (problem.empty()) {
        problem = engine.restore(checkpoint->engine, checkpoint->iterations);
        if (!problem.empty()) {
            problem = concat(name, " is of another network (", problem, ")");
        }
    }
    problem = first_problem(setup_.context.group, problem);
    if (!problem.empty()) return problem;
    // Each rank has read the file itself, which another start may still have been writing.
    if (!is_agreed(setup_.context.group, position_of(*checkpoint))) {
        return concat(name, " can't be used (the ranks have read different ones)");
    }
    progress = std::move(checkpoint->progress);
    if (goes_on_from_another()) {
        progress.modality =
            modality_rows(progress.history, setup_.context.options.modality_metrics);
    }
    return {};
}

// Checkpoints beside training are a convenience: the trial continues without them.
template <class Part>
void TrialCheckpoints::warn_on_failure(Part&& part) {
    const auto problem = failure_of(part);
    // While a disk is full each of them fails.
    if (problem.empty() || problem == problem_) return;
    core::log::alert(concat("a checkpoint could not be written: ", problem));
    problem_ = problem;
}

void TrialCheckpoints::save_if_due(const StepEngine& engine, const Progress& progress) {
    const double seconds = core::steady_seconds() - saved_at_;
    if (!setup_.context.group.is_root() ||
        !writer_.is_due(setup_.context.options.checkpoint_minutes, seconds)) {
        return;
    }
    save_now(engine, progress);
}

void TrialCheckpoints::save_within_epoch_if_due(const StepEngine& engine,
                                                const Progress& progress) {
    if (setup_.context.options.checkpoint_minutes > 0) save_if_due(engine, progress);
}

void TrialCheckpoints::save_now(const StepEngine& engine, const Progress& progress) {
    // After a step that has failed on this rank its state is that of no step.
    if (!setup_.context.group.is_root() || !engine.failure().empty()) return;
    finish();
    warn_on_failure([&] { writer_.start(snapshot(engine, progress)); });
    saved_at_ = core::steady_seconds();
}

void TrialCheckpoints::save(const StepEngine& engine, const Progress& progress) {
    // What has become of an earlier one is another matter.
    finish();
    run_on_leader(setup_.context.group, [&] {
        writer_.start(snapshot(engine, progress));
        writer_.finish();
    });
    report_completed();
}

void TrialCheckpoints::report_completed() {
    if (!setup_.context.group.is_root()) return;
    warn_on_failure([&] {
        const auto position = writer_.completed();
        if (!position) return;
        problem_.clear();
        report(position->first, position->second);
    });
}

void TrialCheckpoints::report_restored(const Progress& progress) {
    if (!setup_.context.group.is_root() || goes_on_from_another()) return;
    report(progress.epoch, progress.step);
}

void TrialCheckpoints::report(std::int64_t epoch, std::int64_t step) {
    control_.checkpoint_written(
        {.trial = setup_.assignment.trial,
         .file = TrialSetup::file_name(setup_.assignment.trial, record::checkpoint_file_name),
         .epoch = epoch,
         .step = step});
}

void TrialCheckpoints::finish() {
    warn_on_failure([&] { writer_.finish(); });
}

Checkpoint TrialCheckpoints::snapshot(const StepEngine& engine, const Progress& progress) const {
    return {.trial = setup_.assignment.trial,
            .identity = identity_,
            .network = network_,
            .progress = progress,
            .iterations = engine.iterations(),
            .engine = engine.state()};
}

}  // namespace msunet::train
