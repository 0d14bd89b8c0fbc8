// SPDX-License-Identifier: Apache-2.0
#include "train_sweep.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "../commands.hpp"
#include "../experiment.hpp"
#include "../final_files.hpp"
#include "../on_root.hpp"
#include "../start_model.hpp"
#include "../world.hpp"
#include "compute.hpp"
#include "dry_run.hpp"
#include "missing_pictures.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/report/terminal.hpp"
#include "msunet/sweep/target.hpp"
#include "preparation_view.hpp"
#include "run_sweep.hpp"
#include "running_mark.hpp"
#include "start_files.hpp"
#include "start_table.hpp"
#include "sweep_setup.hpp"
#include "trial_runner.hpp"
#include "versions.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

/// The experiment that this start works on; the journal on rank 0 alone.
struct OpenExperiment {
    fs::path folder;
    std::optional<record::Replay> replay;    ///< on rank 0, of an experiment that goes on
    std::optional<std::int64_t> group_size;  ///< recorded, where it goes on
    bool finished = false;
};

OpenExperiment open_experiment(const TrainSettings& settings, record::SweepStart& first,
                               const comm::Communicator& world) {
    OpenExperiment open;
    std::int64_t group_size = 0;
    open.folder = on_root(world, [&] {
        const auto& options = settings.experiment;
        auto name = options.experiment_name;
        if (name && settings.sweep.shard) {
            *name += sweep::folder_suffix(sweep::parse_shard(*settings.sweep.shard));
        }
        auto choice = choose_experiment({options.output_directory, name, options.resume}, first);
        first.experiment_name = choice.name;
        first.utc_offset = report::local_utc_offset(first.at);
        for (const auto& notice : choice.notices) core::log::warn(notice);
        if (choice.replay) {
            group_size = choice.replay->record.start.world.group_size;
            open.finished = choice.replay->record.finished && !settings.sweep.retry_failed;
        }
        open.replay = std::move(choice.replay);
        return choice.folder.string();
    });
    if (const auto recorded = world.broadcast(group_size)) open.group_size = recorded;
    open.finished = world.broadcast(open.finished);
    return open;
}

sweep::Placement place_groups(const TrainSettings& settings, const GridPlan& plan,
                              const std::vector<sweep::Node>& nodes, const OpenExperiment& open) {
    sweep::PlacementRequest request;
    request.nodes = nodes;
    request.trials = plan.selection.trials.size();
    request.ranks_per_trial = sweep::parse_ranks_per_trial(settings.sweep.ranks_per_trial);
    request.trials_per_gpu = settings.sweep.trials_per_gpu;
    request.smallest_batch = sweep::smallest_integer(plan.grid->lists(), "batch_size",
                                                     unet::Hyperparameters{}.batch_size);
    request.dedicated_dispatcher = settings.sweep.dedicated_dispatcher;
    request.threads = settings.train.threads;
    request.recorded_group_size = open.group_size;
    return sweep::place(request);
}

record::World world_record(const comm::NodeTopology& topology,
                           const std::vector<sweep::Node>& nodes, const sweep::Placement& placement,
                           const TrainSettings& settings, const Compute& compute) {
    record::World world;
    world.ranks = topology.all().size();
    world.nodes = topology.hosts();
    world.ranks_of_node.assign(topology.ranks_per_node().begin(), topology.ranks_per_node().end());
    for (const auto& node : nodes) world.gpus += node.devices;
    world.device = compute.device_name();
    world.group_size = placement.group_size;
    world.trials_per_gpu = settings.sweep.trials_per_gpu;
    world.threads = placement.slots[static_cast<std::size_t>(topology.all().rank())].threads;
    world.precision = compute.precision_name();
    world.mpi = mpi_version();
    world.program = concat("msunet ", version());
    return world;
}

/// Creates the journal, or opens that of an earlier start: adds results that a leader wrote but it
/// lacks, and removes those of failed trials that are to run again.
record::Journal open_journal(const fs::path& folder, const TrainSettings& settings,
                             const record::SweepStart& first, OpenExperiment& open) {
    const auto file = folder / record::journal_name;
    if (!open.replay) return record::Journal::create(file, first);
    const auto begins = unnoticed_begins(open.replay->record, folder);
    auto journal = record::Journal::open(file, std::move(*open.replay),
                                         {first.owner, first.world, first.at}, begins);
    remove_leftovers(folder);
    adopt_results(journal, folder);
    if (settings.sweep.retry_failed) retry_failed(journal, folder);
    const auto& record = journal.record();
    core::log::info(concat("going on with ", folder, ": ",
                           record.start.trials.size() - record.unfinished(), " of ",
                           record.start.trials.size(), " permutations have ended"));
    return journal;
}

/// `ask_slurm`: the one rank that asks when the job ends.
dispatch::SweepLimits limits_of(const TrainSettings& settings, bool has_validation, double now,
                                bool ask_slurm) {
    dispatch::SweepLimits limits;
    if (settings.sweep.time_limit) {
        limits.time_limit = core::parse_deadline("time_limit", *settings.sweep.time_limit, now);
    }
    if (settings.sweep.performance_target) {
        limits.target =
            sweep::parse_performance_target(*settings.sweep.performance_target, has_validation);
    }
    constexpr double margin_seconds = 120;
    if (settings.experiment.stop_before) {
        limits.stop_before =
            core::parse_deadline("stop_before", *settings.experiment.stop_before, now);
    } else if (ask_slurm) {
        if (const auto end = job_end()) limits.stop_before = *end - margin_seconds;
    }
    return limits;
}

std::string stopped_text(const dispatch::SweepEnding& ending) {
    switch (ending.ending) {
        case sweep::Ending::stopped:
            return ending.stop_reason == record::StopReason::stop_before
                       ? "the job's end is near; start it again to go on"
                       : "a signal asked for it; start it again to go on";
        case sweep::Ending::time_limit:
            return "the time limit has come";
        case sweep::Ending::target:
            return "the performance target is reached";
        default:
            return {};
    }
}

record::StopReason reason_of(const dispatch::SweepEnding& ending) {
    if (ending.ending == sweep::Ending::time_limit) return record::StopReason::time_limit;
    if (ending.ending == sweep::Ending::target) return record::StopReason::performance_target;
    return ending.stop_reason.value_or(record::StopReason::error);
}

/// Rank 0: tables, archive and the last lines.
core::ExitCode finish(const fs::path& folder, record::Journal& journal,
                      const dispatch::SweepEnding& ending) {
    const bool complete = journal.record().unfinished() == 0;
    report::FinalSummary summary;
    summary.folder = folder.string();
    summary.idle_fraction = ending.idle_fraction;
    summary.ranks = static_cast<int>(journal.record().start.world.ranks);
    summary.starts = journal.record().starts.size();
    if (complete) {
        // The date of the files' names and of the archive is the journal's last one before this.
        summary.files = write_final_files(folder, journal.record());
        journal.append(record::Finished{core::unix_now()});
    } else {
        summary.stopped = stopped_text(ending);
        report::write_partial_results(folder, report::make_sweep(journal.record()));
        report::write_report(folder, journal.record());
        journal.append(record::Stopped{reason_of(ending), core::unix_now()});
    }
    journal.sync();
    core::log::info(report::format_final_summary(report::make_sweep(journal.record()), summary));
    if (!complete && ending.ending == sweep::Ending::stopped) return core::ExitCode::stopped;
    return exit_code_of(journal.record());
}

/// Of the start table: it fits a terminal, and is the same in every file.
std::size_t table_width() {
    constexpr int widest = 100;
    constexpr int narrowest = 80;
    if (!core::log::is_terminal()) return widest;
    return static_cast<std::size_t>(std::clamp(core::log::terminal_width(), narrowest, widest));
}

core::ExitCode nothing_left(const fs::path& folder) {
    core::log::info(concat("nothing left to do: all permutations of ", folder,
                           " have ended (--resume never begins anew)"));
    return core::ExitCode::ok;
}

/// Runs what a rank can fail in alone, while the others wait for it where they can't be told: then
/// the job ends. What the journal and the checkpoints hold is not lost.
template <class F>
auto or_end_job(const comm::Communicator& world, F&& part) {
    try {
        return part();
    } catch (const core::Error& error) {
        if (world.size() == 1) throw;
        for (const auto& problem : error.problems()) core::log::fatal(problem);
        comm::Environment::abort(static_cast<int>(error.code()));
    } catch (const std::exception& error) {
        if (world.size() == 1) throw;
        core::log::fatal(error.what());
        comm::Environment::abort(static_cast<int>(core::ExitCode::failure));
    }
}

}  // namespace

core::ExitCode train_sweep(const TrainSettings& settings, const comm::Communicator& world) {
    undo_launcher_binding();
    const auto plan = plan_grid(settings);
    for (const auto& warning : plan.warnings) core::log::warn(warning);
    on_root(world, [&] {
        if (!settings.command.dry_run) {
            check_output_directory(settings.experiment.output_directory);
        }
        return std::string();
    });
    const comm::NodeTopology topology(world);
    Compute compute(settings, topology);
    const auto nodes = describe_nodes(topology, compute.device_count());
    imaging::set_threads(static_cast<int>(threads_of_rank(settings, nodes, topology)));
    const auto request = data_request(settings, plan.grid->lists());
    Watchdog watchdog(settings.train.stall_timeout, world.rank());
    PreparationView view(watchdog);
    if (settings.command.dry_run) {
        return dry_run(settings, plan, request, compute, topology, view);
    }

    const auto prepared = prepare::prepare(request, world, topology, &view);
    view.end();
    // Whole volumes passed through the heap; training needs its own.
    model::release_memory();
    data::PatchLists patches(prepared.dataset, settings.patches);
    const auto defaults = default_hyperparameters(settings);
    const auto shown = first_permutation(plan, defaults);
    const auto& index = patches.of(shown.patch_dimensions, shown.patch_stride);
    const bool has_validation = !index.validation().empty();
    const auto start =
        load_start_model(settings.experiment.initial_model_path,
                         static_cast<std::uint64_t>(settings.experiment.seed), world);
    auto first = sweep_start(settings, plan, start, summarise(prepared, index), has_validation);
    const auto limits = limits_of(settings, has_validation, first.at, world.is_root());
    auto open = open_experiment(settings, first, world);
    if (open.finished) return nothing_left(open.folder);

    const auto placement = place_groups(settings, plan, nodes, open);
    or_end_job(world, [&] { compute.use(placement); });
    first.world = world_record(topology, nodes, placement, settings, compute);
    std::optional<record::Journal> journal;
    on_root(world, [&] {
        journal.emplace(open_journal(open.folder, settings, first, open));
        write_start_files(open.folder, settings, first, nodes);
        auto notices = placement.notices;
        notices.insert(notices.end(), compute.notices().begin(), compute.notices().end());
        core::log::info(report::format_start_table(
            start_table({settings, plan, prepared, index, start, first.world, placement,
                         open.folder.string(), first.metric, limits.stop_before,
                         std::move(notices)}),
            table_width()));
        return std::string();
    });

    const RunnerParts parts{settings, prepared.dataset, patches,     start,        compute,
                            topology, placement,        open.folder, first.metric, watchdog};
    const auto run = make_trial_runner(parts);
    std::optional<DispatcherSetup> setup;
    if (journal) {
        setup.emplace(DispatcherSetup{
            *journal, limits,
            [&](const core::Permutation& permutation) {
                const auto values = unet::from_permutation(permutation, defaults);
                const auto& list = patches.of(values.patch_dimensions, values.patch_stride);
                return sweep::estimated_cost(permutation, defaults.epochs,
                                             static_cast<double>(list.training().size()));
            },
            has_validation});
    }
    // No collective over the world from here on.
    const auto ending = or_end_job(world, [&] {
        return run_sweep(settings, open.folder, placement, run, setup ? &*setup : nullptr, world);
    });
    const auto code = on_root(world, [&] {
        if (ending->ending != sweep::Ending::stopped) {
            draw_missing_pictures(parts, journal->record());
        }
        return std::to_string(static_cast<int>(finish(open.folder, *journal, *ending)));
    });
    return static_cast<core::ExitCode>(core::to_integer(code).value_or(1));
}

}  // namespace msunet::app
