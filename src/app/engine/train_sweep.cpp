// SPDX-License-Identifier: Apache-2.0
#include "train_sweep.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "dry_run.hpp"
#include "finish_sweep.hpp"
#include "missing_pictures.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/comm/or_end_job.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/time.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/job/world.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/plan/extend_sweep.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/plan/gpu_sharing.hpp"
#include "msunet/plan/refit_outlook.hpp"
#include "msunet/plan/search_outlook.hpp"
#include "msunet/plan/short_patience.hpp"
#include "msunet/plan/start_files.hpp"
#include "msunet/plan/start_plan.hpp"
#include "msunet/plan/start_table.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/plan/time_estimate.hpp"
#include "msunet/predict/validation_dice.hpp"
#include "msunet/report/start_table.hpp"
#include "msunet/view/preparation_view.hpp"
#include "print_config.hpp"
#include "refit.hpp"
#include "run_sweep.hpp"
#include "trial_runner.hpp"

namespace msunet::app {

namespace {

/// Width of the start table: that of the terminal, within limits; in a file always the same.
std::size_t table_width() {
    constexpr int widest = 100;
    constexpr int narrowest = 80;
    if (!core::log::is_terminal()) return widest;
    return static_cast<std::size_t>(std::clamp(core::log::terminal_width(), narrowest, widest));
}

}  // namespace

core::ExitCode train_sweep(const settings::TrainSettings& settings,
                           const comm::Communicator& world) {
    if (settings.command.print_config) return print_config(settings, world);
    job::undo_launcher_binding();
    const auto plan = plan::plan_grid(settings);
    for (const auto& warning : plan.warnings) core::log::warn(warning);
    if (const auto warning = plan::long_refit_warning(settings, plan)) core::log::warn(*warning);
    if (const auto warning = plan::short_patience_warning(settings, plan)) {
        core::log::warn(*warning);
    }
    plan::check_folders(settings, world);
    auto start_model = plan::load_start(settings, world);
    const comm::NodeTopology topology(world);
    device::Compute compute(settings, topology);
    const auto nodes = job::describe_nodes(topology, compute.visible_devices());
    imaging::set_threads(static_cast<int>(plan::threads_of_rank(settings, nodes, topology)));
    const auto request = plan::data_request(settings, plan.grid->lists());
    job::Watchdog watchdog(settings.train.stall_timeout, world.rank());
    view::PreparationView view(watchdog);
    if (settings.command.dry_run) {
        return dry_run(settings, plan, std::move(start_model), request, compute, topology, view);
    }

    const auto prepared = prepare::prepare(request, topology, &view);
    view.end();
    if (!start_model.notice.empty()) core::log::info(start_model.notice);
    plan::warn_of_weights(settings, plan.grid->lists(), prepared.survey);
    // Preprocessing freed whole volumes, whose memory training needs.
    model::release_memory();
    const auto folds = plan::fold_plan_of(settings, prepared.survey);
    data::PatchLists patches(prepared.dataset, settings.patches,
                             plan::splits_of(prepared.dataset, folds, plan.folding));
    const auto defaults = settings::default_hyperparameters(settings);
    const auto shown = plan::first_permutation(plan, defaults);
    const auto& index = patches.of(shown.patch_dimensions, shown.patch_stride);
    auto decided = plan::plan_start(settings, plan, std::move(start_model), prepared.survey,
                                    plan::summarise(prepared, index), nodes, world);
    const auto& start = decided.start;
    const auto& placement = decided.placement;
    auto& first = decided.first;
    auto& open = decided.open;
    if (open.finished) return nothing_left(open, world);
    plan::make_folder(open, first, world);
    const auto sharing = comm::or_end_job(world, [&] {
        auto chosen = plan::share_gpus(settings, plan, prepared.dataset, patches, nodes, compute,
                                       world, decided);
        compute.use(placement);
        return chosen;
    });
    const auto estimate =
        plan::estimate_training(settings, plan, prepared.survey, decided, compute, world);
    first.world = plan::describe_world(topology, nodes, placement, sharing, compute);
    std::optional<record::Journal> journal;
    comm::on_root(world, [&] {
        for (const auto& warning :
             plan::fold_warnings(settings, first.metric, prepared.survey, folds, plan.folding)) {
            core::log::warn(warning);
        }
        journal.emplace(plan::open_journal(settings, first, open));
        plan::write_start_files(open.folder, settings, first, nodes, placement, compute);
        auto notices = placement.notices;
        notices.insert(notices.end(), compute.notices().begin(), compute.notices().end());
        core::log::info(report::format_start_table(
            plan::start_table(
                {settings, plan, prepared, index, start, first.world, placement,
                 open.folder.string(), first.metric, plan::sharing_text(settings, first),
                 plan::going_on_text(settings, journal->record()), decided.limits.stop_before,
                 plan::search_text(first), estimate, std::move(notices), sharing.text}),
            table_width()));
    });

    const RunnerParts parts{
        settings,    prepared.dataset,    patches,      start,   compute, topology, placement,
        open.folder, first.configuration, first.metric, watchdog};
    const auto run = make_trial_runner(parts);
    std::optional<DispatcherSetup> setup;
    if (journal) {
        setup.emplace(DispatcherSetup{
            *journal, decided.limits,
            [&](const core::Permutation& permutation) {
                const auto values = unet::from_permutation(permutation, defaults);
                const auto& list = patches.of(values.patch_dimensions, values.patch_stride);
                return sweep::estimated_cost(permutation, defaults.epochs,
                                             static_cast<double>(list.training().size()));
            },
            decided.has_validation, plan::accepted_permutations(settings, *plan.grid)});
    }
    // No collective over the world from here on.
    const auto ending = comm::or_end_job(world, [&] {
        return run_sweep(settings, open.folder, placement, run, setup ? &*setup : nullptr, world);
    });
    const auto refit = comm::or_end_job(
        world, [&] { return refit_best(parts, journal ? &*journal : nullptr, decided.limits); });
    return comm::on_root(world, [&] {
        const auto state =
            experiment::refit_state(open.folder, journal->record(), settings.sweep.refit);
        const auto& last = state.stage == experiment::RefitStage::left ? refit.value() : *ending;
        if (last.ending != sweep::Ending::stopped) {
            draw_missing_pictures(parts, journal->record());
            predict::measure_validation_scans(start.architecture, open.folder, journal->record());
        }
        return finish_sweep(start.architecture, open.folder, *journal, last, state);
    });
}

}  // namespace msunet::app
