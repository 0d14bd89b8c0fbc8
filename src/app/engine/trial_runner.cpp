// SPDX-License-Identifier: Apache-2.0
#include "trial_runner.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "msunet/core/counted.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/record/trial_folder.hpp"
#include "msunet/settings/extension.hpp"
#include "msunet/train/trainer.hpp"
#include "trial_file_writer.hpp"
#include "trial_log.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

train::TrialContext make_context(const RunnerParts& parts, train::TrialFiles* files) {
    const auto& slot = parts.placement.slots[static_cast<std::size_t>(parts.topology.all().rank())];
    return {
        .architecture = parts.start.architecture,
        .dataset = parts.dataset,
        .patches = parts.patches,
        .start_weights = parts.start.weights,
        .group = parts.compute.group(),
        .reducer = parts.compute.reducer(),
        .make_engine = parts.compute.engine_factory(),
        .options = parts.settings.train,
        .precision = parts.compute.precision(),
        .defaults = settings::default_hyperparameters(parts.settings),
        .metric = parts.metric,
        .seed = static_cast<std::uint64_t>(parts.settings.experiment.seed),
        .folding = plan::folding_of(parts.settings),
        .repeat_weights = parts.start.of_repeats,
        .mirrors = parts.settings.preprocess.columns_run_left_right(),
        .experiment_folder = parts.folder,
        .files = files,
        .keeps_last_checkpoint = settings::keeps_last_checkpoints(parts.settings),
        .world_rank = parts.topology.all().rank() - slot.rank_in_group,
        .gpus = parts.compute.on_gpu() ? parts.placement.group_size : 0,
    };
}

/// How a training begins: "starts", "resumes", "goes on from trials/3/checkpoint.h5".
std::string begins_text(const record::Assignment& assignment) {
    if (assignment.checkpoint.empty()) return "starts";
    const auto own = record::trial_folder(assignment.trial) + "/";
    if (assignment.checkpoint.starts_with(own)) return "resumes";
    return "goes on from " + assignment.checkpoint;
}

/// "trial 3, with 7, starts on 2 ranks: lr=0.01", with folds "…, fold 1 of 5".
std::string first_line(const train::TrialContext& context, const record::Assignment& assignment) {
    std::vector<record::TrialId> trials;
    for (const auto& end : assignment.ends) trials.push_back(end.trial);
    const auto ranks = context.group.size();
    return concat("trial ", record::training_text(assignment.trial, trials), " ",
                  begins_text(assignment), " on ", core::counted(ranks, "rank"), ": ",
                  core::permutation_text(assignment.ends.front().permutation),
                  context.folding.any() ? ", " : "",
                  record::fold_text(context.folding, assignment.trial));
}

/// The leader's part: the training with a log.
record::Trained train_logged(const train::TrialContext& context,
                             const record::Assignment& assignment, record::TrialControl& control,
                             const fs::path& folder, TrialLog& log) {
    log.line(first_line(context, assignment));
    LoggedControl logged(control, log, context.experiment_folder, assignment.trial);
    record::mark_running(folder, context.world_rank);
    core::fault_point(concat("trial_", assignment.trial));
    const auto trained = train::run_trial(context, assignment, logged);
    if (trained.paused) log.line("paused");
    return trained;
}

}  // namespace

dispatch::TrialRunner make_trial_runner(const RunnerParts& parts) {
    if (parts.placement.slots[static_cast<std::size_t>(parts.topology.all().rank())].group < 0) {
        return {};
    }
    auto files = std::make_shared<TrialFileWriter>(parts.dataset, parts.metric, parts.folder,
                                                   parts.configuration);
    auto context = std::make_shared<const train::TrialContext>(make_context(parts, files.get()));
    return [context, files, &watchdog = parts.watchdog](const record::Assignment& assignment,
                                                        record::TrialControl& control) {
        const bool leads = context->group.is_root();
        const auto folder = context->experiment_folder / record::trial_folder(assignment.trial);
        watchdog.watch(concat("trial ", assignment.trial));
        job::WatchedControl watched(control, watchdog);
        std::optional<TrialLog> log;
        if (leads) {
            core::make_directories(folder);
            log.emplace(folder / TrialLog::name);
        }
        auto trained = log ? train_logged(*context, assignment, watched, folder, *log)
                           : train::run_trial(*context, assignment, watched);
        watchdog.pause();
        model::release_memory();
        if (log) {
            const auto resident = static_cast<double>(model::resident_memory());
            log->line(concat("memory released, ", core::fixed(resident / 1e6, 1), " MB in use"));
        }
        if (leads) record::unmark_running(folder);
        return trained;
    };
}

}  // namespace msunet::app
