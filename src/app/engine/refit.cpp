// SPDX-License-Identifier: Apache-2.0
#include "refit.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "finish_sweep.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/core/time_share.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/record/trial_folder.hpp"
#include "msunet/report/html.hpp"
#include "run_sweep.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

constexpr double refit_page_seconds = 5;
constexpr double refit_page_share = 0.005;

/// The refit to train; nothing where it is trained or no permutation is the best.
std::optional<experiment::RefitState> refit_left(const RunnerParts& parts,
                                                 const record::SweepRecord& record) {
    const auto& options = parts.settings.sweep;
    auto state = experiment::refit_state(parts.folder, record, options.refit);
    const bool again =
        state.stage == experiment::RefitStage::failed && options.refit && options.retry_failed;
    if (state.stage != experiment::RefitStage::left && !again) return std::nullopt;
    return state;
}

/// Rank 0: the refit's journal, new or continued.
record::Journal open_refit(const fs::path& folder, const record::SweepRecord& record,
                           const experiment::RefitState& left) {
    const auto refit = folder / experiment::refit_folder;
    const auto file = refit / record::journal_name;
    const auto& world = record.starts.back().world;
    const double now = core::unix_now();
    if (left.record && left.record->unfinished() > 0) {
        auto replay = record::replay(file);
        const auto unrecorded = record::unrecorded_starts(replay.record, refit);
        auto journal =
            record::Journal::open(file, std::move(replay), {record.owner, world, now}, unrecorded);
        record::remove_leftovers(refit);
        record::adopt_results(journal, refit);
        return journal;
    }
    // It has failed, or is of a permutation that was the best before failed ones were trained
    // again.
    std::error_code ignored;
    fs::remove_all(refit, ignored);
    core::make_directories(refit);
    auto start = experiment::refit_start(record, left.permutation);
    start.world = world;
    start.owner = record.owner;
    start.at = now;
    return record::Journal::create(file, start);
}

/// The cross-validation's page, which says how far the refit is.
void write_page(const fs::path& folder, const record::SweepRecord& record,
                record::TrialId permutation, const record::SweepRecord& refit) {
    report::write_report(
        folder, record,
        experiment::refit_note(
            {.stage = experiment::RefitStage::left, .permutation = permutation, .record = refit}));
}

/// The settings of the refit: one split without validation data, callbacks off.
settings::TrainSettings settings_of_refit(settings::TrainSettings settings) {
    settings.split.folds.reset();
    // It can't be extended, so that its last checkpoint is of no use.
    settings.train.keep_models = train::KeepModels::best;
    settings.defaults.early_stopping.reset();
    settings.defaults.restore_best = false;
    settings.experiment.tensorboard = false;
    settings.sweep.performance_target.reset();
    settings.sweep.strategy = sweep::StrategyKind::grid;
    return settings;
}

}  // namespace

std::optional<dispatch::SweepEnding> refit_best(const RunnerParts& parts, record::Journal* journal,
                                                const dispatch::SweepLimits& limits) {
    const auto& world = parts.topology.all();
    record::TrialId permutation = 0;
    std::optional<record::Journal> own;
    const bool is_due = comm::on_root(world, [&] {
        const auto left = refit_left(parts, journal->record());
        if (!left) return false;
        permutation = left->permutation;
        own.emplace(open_refit(parts.folder, journal->record(), *left));
        core::log::info(concat("refit: permutation ", permutation, " is trained on all scans: ",
                               core::permutation_text(own->record().permutation(0))));
        return true;
    });
    if (!is_due) return std::nullopt;
    const auto settings = settings_of_refit(parts.settings);
    const auto folder = parts.folder / experiment::refit_folder;
    const RunnerParts refit{.settings = settings,
                            .dataset = parts.dataset,
                            .patches = parts.patches,
                            .start = parts.start,
                            .compute = parts.compute,
                            .topology = parts.topology,
                            .placement = parts.placement,
                            .folder = folder,
                            .configuration = parts.configuration,
                            .metric = std::string(record::default_metric(false)),
                            .watchdog = parts.watchdog};
    const auto run = make_trial_runner(refit);
    std::optional<DispatcherSetup> setup;
    double next_heartbeat = 0;
    core::TimeShare page_share(refit_page_share, refit_page_seconds);
    if (own) {
        setup.emplace(DispatcherSetup{.journal = *own,
                                      .limits = {limits.time_limit, limits.stop_before, {}},
                                      .cost = [](const core::Permutation&) { return 1.0; },
                                      .is_refit = true});
        setup->tick = [&] {
            const double now = core::unix_now();
            if (page_share.allows(now)) {
                write_page(parts.folder, journal->record(), permutation, own->record());
                page_share.spent(now, core::unix_now());
            }
            if (now < next_heartbeat) return;
            next_heartbeat = now + record::heartbeat_seconds;
            journal->append(record::Heartbeat{journal->record().owner, now});
        };
    }
    auto ending =
        run_sweep(settings, folder, parts.placement, run, setup ? &*setup : nullptr, world);
    if (own) {
        const bool is_complete = own->record().unfinished() == 0;
        if (is_complete) {
            own->append(record::Finished{core::unix_now()});
        } else {
            own->append(record::Stopped{reason_of(*ending), core::unix_now()});
        }
        own->sync();
    }
    return ending;
}

}  // namespace msunet::app
