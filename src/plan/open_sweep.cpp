// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/open_sweep.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/codec/fields.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/rank_devices.hpp"
#include "msunet/device/versions.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/job/version.hpp"
#include "msunet/plan/extend_sweep.hpp"
#include "msunet/record/trial_folder.hpp"
#include "msunet/report/results.hpp"

namespace msunet::plan {

namespace fs = std::filesystem;
using core::concat;

template <class Archive, codec::Is<OpenExperiment> T>
void fields(Archive& archive, T& open) {
    archive.converted(
        "folder", open.folder, [](const fs::path& folder) { return folder.native(); },
        [](std::string text) { return fs::path(std::move(text)); });
    archive("group_size", open.group_size);
    archive("measured_sharing", open.measured_sharing);
    archive("finished", open.finished);
}

namespace {

/// The trainings of a sweep are those of its first start.
void warn_of_sharing(const record::SweepStart& recorded, const record::SweepStart& current) {
    constexpr const char* option = "share_prefixes";
    const auto before = record::setting(recorded.configuration, option);
    const auto now = record::setting(current.configuration, option);
    if (!before || before == now) return;
    core::log::warn(concat("--", option, " ", now.value_or(""),
                           " has no effect on a sweep that is resumed: it was started with ",
                           *before));
}

experiment::ExperimentRequest experiment_request(const settings::TrainSettings& settings) {
    const auto& options = settings.experiment;
    auto name = options.experiment_name;
    if (name && settings.sweep.shard) *name += sweep::folder_suffix(*settings.sweep.shard);
    auto watch = experiment::JournalWatch::of_this_machine();
    watch.waits = watch.waits && !settings.command.dry_run;
    return {options.output_directory, std::move(name), options.resume, std::move(watch),
            extension_request(settings)};
}

/// How many ranks there are for a GPU, but no more than trials.
std::int64_t most_sharers(const std::vector<sweep::Node>& nodes, std::uint64_t trials) {
    std::size_t ranks = 1;
    std::size_t gpus = 0;
    for (const auto& node : nodes) {
        ranks = std::max(ranks, node.ranks.size());
        gpus += sweep::distinct_devices(node).size();
    }
    if (gpus == 0) return 1;
    return static_cast<std::int64_t>(std::min<std::uint64_t>(ranks, (trials + gpus - 1) / gpus));
}

/// On rank 0: what a start goes on from.
void find_recorded(const settings::TrainSettings& settings, experiment::ExperimentChoice& choice,
                   record::SweepStart& start, OpenExperiment& found) {
    const auto& recorded = choice.replay->record;
    if (choice.extension) {
        choice.extension->at = start.at;
        add_new_trainings(settings, found.folder, recorded, *choice.extension);
        found.extended = recorded;
        record::update(*found.extended, *choice.extension);
    } else {
        warn_of_sharing(recorded.start, start);
    }
    const auto& record = found.extended ? *found.extended : recorded;
    found.group_size = record.start.world.group_size;
    for (const auto& earlier : record.starts) {
        if (earlier.world.sharing_is_measured) {
            found.measured_sharing = earlier.world.trials_per_gpu;
        }
    }
    found.finished = record.finished && !settings.sweep.retry_failed &&
                     experiment::refit_state(found.folder, record, settings.sweep.refit).stage !=
                         experiment::RefitStage::left;
    start.shared = record.start.shared;
    if (record.start.indices.empty()) return;
    start.trials = record.start.trials;
    start.indices = record.start.indices;
}

}  // namespace

void check_folders(const settings::TrainSettings& settings, const comm::Communicator& world) {
    comm::on_root(world, [&] { experiment::check_folders(experiment_request(settings)); });
}

OpenExperiment find_experiment(const settings::TrainSettings& settings, record::SweepStart& start,
                               const comm::Communicator& world) {
    std::optional<experiment::ExperimentChoice> choice;
    std::optional<record::SweepRecord> extended;
    auto open = comm::on_root(world, [&] {
        choice = experiment::choose_experiment(experiment_request(settings), start);
        start.experiment_name = choice->name;
        start.utc_offset = report::local_utc_offset(start.at);
        for (const auto& notice : choice->notices) core::log::warn(notice);
        OpenExperiment found;
        found.folder = choice->folder;
        if (choice->replay) find_recorded(settings, *choice, start, found);
        extended = std::move(found.extended);
        return found;
    });
    open.choice = std::move(choice);
    open.extended = std::move(extended);
    return open;
}

void make_folder(OpenExperiment& open, record::SweepStart& start, const comm::Communicator& world) {
    open.folder = comm::on_root(world, [&] {
        auto& choice = *open.choice;
        if (!choice.replay) experiment::make_experiment_folder(choice);
        start.experiment_name = choice.name;
        return choice.folder.native();
    });
}

bool may_share_gpus(const sweep::RanksPerTrial& ranks, const OpenExperiment& open) {
    using Kind = sweep::RanksPerTrial::Kind;
    return open.group_size.value_or(1) == 1 &&
           (ranks.kind == Kind::automatic || (ranks.kind == Kind::number && ranks.number == 1));
}

sweep::PlacementRequest placement_request(const settings::TrainSettings& settings,
                                          const GridPlan& plan,
                                          const std::vector<sweep::Node>& nodes,
                                          const OpenExperiment& open) {
    sweep::PlacementRequest request;
    request.nodes = nodes;
    request.trials = plan.selection.count() * plan.folding.trials();
    request.ranks_per_trial = settings.sweep.ranks_per_trial;
    if (const auto& number = settings.sweep.trials_per_gpu.number) {
        request.trials_per_gpu = *number;
    } else if (open.measured_sharing) {
        request.trials_per_gpu = request.measured_for = *open.measured_sharing;
    } else if (may_share_gpus(request.ranks_per_trial, open)) {
        const auto most = most_sharers(nodes, request.trials);
        request.trials_per_gpu = most;
        if (most > 1) request.measured_for = most;
    }
    request.smallest_batch = sweep::smallest_integer(plan.grid->lists(), "batch_size",
                                                     unet::Hyperparameters{}.batch_size);
    request.dedicated_dispatcher = settings.sweep.dedicated_dispatcher;
    request.threads = settings.train.threads;
    request.recorded_group_size = open.group_size;
    return request;
}

record::World describe_world(const comm::NodeTopology& topology,
                             const std::vector<sweep::Node>& nodes,
                             const sweep::Placement& placement, const GpuSharing& sharing,
                             const device::Compute& compute) {
    record::World world;
    world.ranks = topology.all().size();
    world.nodes = topology.hosts();
    world.ranks_of_node.assign(topology.ranks_per_node().begin(), topology.ranks_per_node().end());
    const auto gpus = device::gpus_by_name(nodes);
    for (const auto& [name, count] : gpus) world.gpus += count;
    world.device = gpus.empty() ? compute.device_name() : device::gpus_text(gpus);
    world.group_size = placement.group_size;
    world.trials_per_gpu = sharing.trials;
    world.sharing_is_measured = sharing.is_measured;
    world.threads = placement.slots[static_cast<std::size_t>(topology.all().rank())].threads;
    world.precision = compute.precision_name();
    world.mpi = device::mpi_version();
    world.program = concat("msunet ", job::version());
    return world;
}

record::Journal open_journal(const settings::TrainSettings& settings,
                             const record::SweepStart& start, OpenExperiment& open) {
    const auto file = open.folder / record::journal_name;
    auto& replay = open.choice->replay;
    if (!replay) return record::Journal::create(file, start);
    const auto& extension = open.choice->extension;
    const auto extended =
        extension ? extension_text(settings, replay->record, *open.extended) : std::string();
    const auto unrecorded = record::unrecorded_starts(replay->record, open.folder);
    auto journal = record::Journal::open(file, std::move(*replay),
                                         {start.owner, start.world, start.at}, unrecorded);
    record::remove_leftovers(open.folder);
    record::adopt_results(journal, open.folder);
    if (extension) {
        journal.append(*extension);
        journal.sync();
    }
    if (settings.sweep.retry_failed) record::retry_failed(journal, open.folder);
    const auto& record = journal.record();
    const auto trials = record.planned();
    core::log::info(extension ? concat("extending ", open.folder, ": ", extended)
                              : concat("resuming ", open.folder, ": ", trials - record.unfinished(),
                                       " of ", trials, " trials have ended"));
    return journal;
}

}  // namespace msunet::plan
