// SPDX-License-Identifier: Apache-2.0
#include "msunet/measure/bench.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench_data.hpp"
#include "bench_place.hpp"
#include "bench_suite.hpp"
#include "bench_table.hpp"
#include "msunet/comm/or_end_job.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/dummy_samples.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/train/step_timer.hpp"
#include "msunet/view/preparation_view.hpp"

namespace msunet::measure {

using core::concat;

namespace {

constexpr std::int64_t warm_up_steps = 3;

/// One kind of samples and the steps on it.
struct Bench {
    std::string name;
    std::unique_ptr<train::StepTimer> timer;  ///< null on a rank without a group
};

sweep::Placement place_on_nodes(const settings::BenchSettings& settings,
                                const std::vector<sweep::Node>& nodes) {
    const auto& options = settings.bench;
    sweep::PlacementRequest request;
    request.nodes = nodes;
    request.trials = nodes.size();
    request.ranks_per_trial.kind = sweep::RanksPerTrial::Kind::node;
    request.is_option = false;
    // A group that is too large is refused below, by the name of the benchmark's own option.
    request.smallest_batch = std::numeric_limits<std::int64_t>::max();
    request.threads = settings.train.train.threads;
    auto placement = sweep::place(request);
    if (placement.group_size > options.batch_size) {
        throw core::UsageError(
            {.option = "--batch_size",
             .got = std::to_string(options.batch_size),
             .expected = concat("at least ", placement.group_size, " (the ", placement.group_size,
                                " ranks of a node share a batch)"),
             .advice = "or start fewer ranks"});
    }
    return placement;
}

bool has_group(const sweep::Slot& slot) { return slot.group >= 0; }

/// Collective over `world`: the slices of the scans.
prepare::Prepared prepare_real(const settings::BenchSettings& settings,
                               const comm::NodeTopology& topology) {
    auto request = plan::data_request(settings.train, {});
    request.patch_dimensions = {settings.bench.patch_size};
    job::Watchdog watchdog(settings.train.train.stall_timeout, topology.all().rank());
    view::PreparationView view(watchdog);
    auto prepared = prepare_scans(request, topology, &view);
    view.end();
    return prepared;
}

/// Collective over `world`: ends alike on all ranks where one of them failed.
void check(const Bench& bench, const comm::Communicator& world) {
    const auto mine = bench.timer ? bench.timer->failure() : std::string();
    for (const auto& failure : world.all_gather(mine)) {
        if (failure.empty()) continue;
        throw core::Error(core::ExitCode::failure,
                          concat("a step on ", bench.name, " samples failed (", failure,
                                 "), try a smaller --batch_size or -ts"));
    }
}

std::string setting_text(const settings::BenchSettings& settings, const data::PatchIndex& index,
                         const device::Compute& compute, const sweep::Placement& placement) {
    const auto threads = placement.slots.front().threads;
    const auto ranks = placement.groups * placement.group_size;
    return concat("patches of ", index.padded_height(), "×", index.padded_width(), ", batches of ",
                  settings.bench.batch_size, ", dropout ", settings.bench.dropout, ", ",
                  compute.precision_name(), " on ", compute.device_name(), ", ",
                  core::counted(ranks, "rank"), " of ", core::counted(threads, "thread"), ", ",
                  core::counted(settings.bench.steps, "step"), " each after ", warm_up_steps,
                  " to warm up");
}

/// Collective over the group: steps of all kinds of samples in turn, so that other load on the
/// machine affects all alike; of the first kind also inference and the parts of a step. Does
/// nothing more once a step has failed or a signal has asked for a stop.
BenchFigures time_on_group(const std::vector<Bench>& benches, std::int64_t steps,
                           const device::Compute& compute) {
    BenchFigures figures;
    train::StepTimer& first = *benches.front().timer;
    const auto goes_on = [&] { return !compute.group().any_of(core::stop_requested()); };
    for (std::int64_t i = 0; i < steps && goes_on(); ++i) {
        for (const auto& bench : benches) bench.timer->train();
    }
    first.warm_up(1, true);
    for (std::int64_t i = 0; i < steps && goes_on(); ++i) first.infer();
    if (!compute.on_gpu()) {
        constexpr std::int64_t profiled = 10;
        figures.sections = first.profile(std::min(steps, profiled));
    }
    for (const auto& bench : benches) {
        figures.timings.push_back({bench.name, bench.timer->training()});
    }
    figures.inference = {benches.front().name + ", inference", first.inference()};
    figures.memory = static_cast<double>(first.peak_memory());
    return figures;
}

/// Collective over `world`: what this rank's group measures, with the memory of all ranks; of a
/// rank without a group no more than that.
BenchFigures measure(const std::vector<Bench>& benches, std::int64_t steps,
                     const device::Compute& compute, const comm::Communicator& world) {
    const bool takes_part = benches.front().timer != nullptr;
    const auto check_all = [&] {
        for (const auto& bench : benches) check(bench, world);
        check_stop(world);
    };
    if (takes_part) {
        for (const auto& bench : benches) bench.timer->warm_up(warm_up_steps, false);
    }
    check_all();
    BenchFigures figures;
    if (takes_part) figures = time_on_group(benches, steps, compute);
    check_all();
    figures.memory = world.all_reduce(figures.memory, comm::Operation::sum);
    return figures;
}

}  // namespace

core::ExitCode bench_training(const settings::BenchSettings& settings,
                              const comm::Communicator& world) {
    return bench_training(settings, world, device::installed_accelerator());
}

core::ExitCode bench_training(const settings::BenchSettings& settings,
                              const comm::Communicator& world,
                              const device::AcceleratorSource& source) {
    if (settings.bench.what != settings::BenchKind::step)
        return bench_suite(settings, world, source);
    job::undo_launcher_binding();
    const comm::NodeTopology topology(world);
    device::Compute compute(settings.train, topology, source);
    const auto nodes = job::describe_nodes(topology, compute.visible_devices());
    const auto placement = place_on_nodes(settings, nodes);
    imaging::set_threads(static_cast<int>(plan::threads_of_rank(settings.train, nodes, topology)));
    std::optional<prepare::Prepared> prepared;
    if (settings.bench.training_data_path) prepared = prepare_real(settings, topology);
    comm::or_end_job(world, [&] { compute.use(placement); });

    std::vector<Bench> benches;
    const bool takes_part = has_group(placement.slots[static_cast<std::size_t>(world.rank())]);
    const auto architecture = unet::published_architecture();
    const train::StepTimerPlace place{architecture,        compute.group(),
                                      compute.reducer(),   compute.engine_factory(),
                                      compute.precision(), settings.train.train.deterministic};
    const auto add = [&, hyperparameters = bench_hyperparameters(settings.bench)](
                         const char* name, const data::Dataset& dataset,
                         const data::PatchIndex& index) {
        auto& bench = benches.emplace_back();
        bench.name = name;
        if (!takes_part) return;
        bench.timer = comm::or_end_job(world, [&] {
            core::fault_point("bench.timer");
            return std::make_unique<train::StepTimer>(dataset, index, hyperparameters, place);
        });
    };
    std::optional<data::PatchLists> patches;
    auto height = settings.bench.patch_size, width = height;
    if (prepared) {
        patches.emplace(prepared->dataset, settings.train.patches);
        const auto& index = patches->of(settings.bench.patch_size, settings.bench.patch_size);
        height = index.padded_height();
        width = index.padded_width();
        add("real", prepared->dataset, index);
    }
    const auto dummy = data::dummy_samples(settings.bench.batch_size, height, width);
    const data::PatchIndex index(dummy, {.fraction = 1, .stride_fraction = 1});
    add("dummy", dummy, index);

    auto figures = measure(benches, settings.bench.steps, compute, world);
    for (auto& timing : figures.timings)
        timing.times.samples *= static_cast<double>(placement.groups);
    figures.inference.times.samples *= static_cast<double>(placement.groups);
    figures.setting = setting_text(settings, index, compute, placement);
    figures.notices = compute.notices();
    if (auto idle = idle_ranks_text(placement); !idle.empty()) {
        figures.notices.push_back(std::move(idle));
    }
    if (placement.groups > 1) {
        figures.notices.push_back(concat("patches/s are those of all ", placement.groups,
                                         " groups, by the steps of the first"));
    }
    core::log::info(format_bench_table(figures));
    return core::ExitCode::ok;
}

}  // namespace msunet::measure
