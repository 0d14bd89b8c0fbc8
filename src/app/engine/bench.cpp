// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../world.hpp"
#include "bench_data.hpp"
#include "bench_table.hpp"
#include "compute.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/unet/initializers.hpp"
#include "preparation_view.hpp"
#include "sweep_setup.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::int64_t warm_up_steps = 3;
constexpr std::uint64_t seed = 1;

/// An engine on one kind of samples, stepping from batch to batch on this rank's group.
class Bench {
public:
    Bench(const std::string& name, const data::Dataset& dataset, const data::PatchIndex& index,
          const unet::Hyperparameters& hyperparameters, const Compute& compute)
        : training_{name, {}, 0},
          inference_{name + ", inference", {}, 0},
          index_(index),
          batch_size_(static_cast<std::size_t>(hyperparameters.batch_size)),
          group_(compute.group()),
          hyperparameters_(hyperparameters),
          start_weights_(unet::initial_weights(seed)),
          sample_weights_(index.size(), 1.0F),
          engine_(compute.engine_factory()({.dataset = dataset,
                                            .index = index_,
                                            .hyperparameters = hyperparameters_,
                                            .start_weights = start_weights_,
                                            .sample_weights = sample_weights_,
                                            .reducer = compute.reducer(),
                                            .precision = compute.precision(),
                                            .dropout_key = model::dropout_key(seed, 0)})) {}

    /// Collective over the group: one step, added to what was timed before; nothing any more once
    /// a step has failed.
    void train() { add(training_, false); }
    void infer() { add(inference_, true); }
    /// Collective over the group: steps that don't count.
    void warm_up(std::int64_t steps, bool inference) {
        for (std::int64_t i = 0; i < steps && !failed_; ++i) step(inference);
    }

    /// Collective over the group: seconds of one training step by section.
    train::SectionSeconds profile(std::int64_t steps) {
        const train::StepProfile profile;
        for (std::int64_t i = 0; i < steps && !failed_; ++i) step(false);
        auto seconds = profile.seconds();
        for (double& one : seconds) one /= static_cast<double>(steps);
        return seconds;
    }

    [[nodiscard]] const BenchTiming& training() const { return training_; }
    [[nodiscard]] const BenchTiming& inference() const { return inference_; }
    [[nodiscard]] std::string failure() const { return engine_->failure(); }
    [[nodiscard]] std::int64_t peak_memory() const { return engine_->peak_memory(); }

private:
    void add(BenchTiming& timing, bool inference) {
        if (failed_) return;
        const double began = core::steady_seconds();
        timing.samples = std::max(timing.samples, step(inference));
        timing.seconds.push_back(core::steady_seconds() - began);
    }

    /// Samples of the global batch that was stepped on: whole batches alone, so that steps compare.
    double step(bool inference) {
        if (!sampler_ || batch_ == whole_batches()) {
            sampler_ = data::BatchSampler::shuffled(index_.training(), batch_size_, seed, 0,
                                                    static_cast<std::uint64_t>(epoch_++));
            batch_ = 0;
        }
        const auto global = static_cast<std::int64_t>(sampler_->batch(batch_).size());
        const auto share = sampler_->share(batch_, group_.rank(), group_.size());
        const train::BatchPart part{
            .samples = sampler_->batch(batch_, group_.rank(), group_.size()),
            .first = static_cast<std::int64_t>(share.begin),
            .global = global};
        const auto outcome = inference ? engine_->evaluate(part, 0)
                                       : engine_->train(part, step_++, hyperparameters_.lr, 0);
        failed_ = outcome.status >= train::StepEngine::failed_status;
        ++batch_;
        return static_cast<double>(global);
    }

    [[nodiscard]] std::size_t whole_batches() const {
        return std::max<std::size_t>(1, index_.training().size() / batch_size_);
    }

    BenchTiming training_, inference_;
    const data::PatchIndex& index_;
    std::size_t batch_size_;
    const comm::Communicator& group_;
    unet::Hyperparameters hyperparameters_;
    std::vector<core::NamedArray> start_weights_;
    std::vector<float> sample_weights_;
    std::unique_ptr<train::StepEngine> engine_;
    std::optional<data::BatchSampler> sampler_;
    std::size_t batch_ = 0;
    std::int64_t epoch_ = 0;
    std::int64_t step_ = 0;
    bool failed_ = false;
};

sweep::Placement place_on_nodes(const BenchSettings& settings,
                                const std::vector<sweep::Node>& nodes) {
    const auto& options = settings.bench;
    for (const auto& node : nodes) {
        const auto ranks = static_cast<std::int64_t>(node.ranks.size());
        if (ranks <= options.batch_size || node.devices > 0) continue;
        throw core::UsageError(concat("--batch_size is ", options.batch_size, " but the ", ranks,
                                      " ranks of a node share a batch, give a larger one or start "
                                      "fewer ranks"));
    }
    sweep::PlacementRequest request;
    request.nodes = nodes;
    request.trials = nodes.size();
    request.ranks_per_trial.kind = sweep::RanksPerTrial::Kind::node;
    request.smallest_batch = options.batch_size;
    request.threads = settings.train.train.threads;
    return sweep::place(request);
}

unet::Hyperparameters hyperparameters_of(const BenchOptions& options) {
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = options.batch_size;
    hyperparameters.dropout = options.dropout;
    hyperparameters.patch_dimensions = options.patch_size;
    hyperparameters.patch_stride = options.patch_size;
    return hyperparameters;
}

/// Collective over `world`: the slices of the scans.
prepare::Prepared prepare_scans(const BenchSettings& settings, const comm::NodeTopology& topology) {
    auto request = data_request(settings.train, {});
    request.patch_dimensions = {settings.bench.patch_size};
    Watchdog watchdog(settings.train.train.stall_timeout, topology.all().rank());
    PreparationView view(watchdog);
    auto prepared = prepare::prepare(request, topology.all(), topology, &view);
    view.end();
    return prepared;
}

/// Collective over `world`: ends alike on all ranks where one of them failed.
void check(const Bench& bench, const comm::Communicator& world) {
    for (const auto& failure : world.all_gather(bench.failure())) {
        if (failure.empty()) continue;
        throw core::Error(core::ExitCode::failure,
                          concat("a step on ", bench.training().name, " samples failed (", failure,
                                 "), try a smaller --batch_size or -ts"));
    }
}

std::string setting_text(const BenchSettings& settings, const data::PatchIndex& index,
                         const Compute& compute, const sweep::Placement& placement, int ranks) {
    const auto plural = [](std::int64_t n) { return n == 1 ? "" : "s"; };
    const auto threads = placement.slots.front().threads;
    return concat("patches of ", index.padded_height(), "×", index.padded_width(), ", batches of ",
                  settings.bench.batch_size, ", dropout ", settings.bench.dropout, ", ",
                  compute.precision_name(), " on ", compute.device_name(), ", ", ranks, " rank",
                  plural(ranks), " of ", threads, " thread", plural(threads), ", ",
                  settings.bench.steps, " step", plural(settings.bench.steps), " each after ",
                  warm_up_steps, " to warm up");
}

/// Collective over the world: steps of all kinds of samples in turn, so that what else the machine
/// does meets them alike; of the first kind also inference and where the time goes.
BenchFigures measure(std::span<const std::unique_ptr<Bench>> benches, std::int64_t steps,
                     const Compute& compute, const comm::Communicator& world) {
    const auto check_all = [&] {
        for (const auto& bench : benches) check(*bench, world);
    };
    BenchFigures figures;
    Bench& first = *benches.front();
    for (const auto& bench : benches) bench->warm_up(warm_up_steps, false);
    check_all();
    for (std::int64_t i = 0; i < steps; ++i) {
        for (const auto& bench : benches) bench->train();
    }
    first.warm_up(1, true);
    for (std::int64_t i = 0; i < steps; ++i) first.infer();
    if (compute.device_count() == 0) {
        constexpr std::int64_t profiled = 10;
        figures.sections = first.profile(std::min(steps, profiled));
    }
    check_all();
    for (const auto& bench : benches) figures.timings.push_back(bench->training());
    figures.inference = first.inference();
    figures.memory =
        world.all_reduce(static_cast<double>(first.peak_memory()), comm::Operation::sum);
    return figures;
}

}  // namespace

core::ExitCode bench_training(const BenchSettings& settings, const comm::Communicator& world) {
    undo_launcher_binding();
    const comm::NodeTopology topology(world);
    Compute compute(settings.train, topology);
    const auto nodes = describe_nodes(topology, compute.device_count());
    const auto placement = place_on_nodes(settings, nodes);
    imaging::set_threads(static_cast<int>(threads_of_rank(settings.train, nodes, topology)));
    std::optional<prepare::Prepared> prepared;
    if (settings.bench.training_data_path) prepared = prepare_scans(settings, topology);
    compute.use(placement);

    std::vector<std::unique_ptr<Bench>> benches;
    const auto add = [&, hyperparameters = hyperparameters_of(settings.bench)](
                         const char* name, const data::Dataset& dataset,
                         const data::PatchIndex& index) {
        benches.push_back(std::make_unique<Bench>(name, dataset, index, hyperparameters, compute));
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
    const auto dummy = dummy_samples(settings.bench.batch_size, height, width);
    const data::PatchIndex index(dummy, {.fraction = 1, .stride_fraction = 1});
    add("dummy", dummy, index);

    auto figures = measure(benches, settings.bench.steps, compute, world);
    for (auto& timing : figures.timings) timing.samples *= static_cast<double>(placement.groups);
    figures.inference.samples *= static_cast<double>(placement.groups);
    figures.setting = setting_text(settings, index, compute, placement, world.size());
    figures.notices = compute.notices();
    if (placement.groups > 1) {
        figures.notices.push_back(concat("samples/s are those of all ", placement.groups,
                                         " groups, by the steps of the first"));
    }
    core::log::info(format_bench_table(figures));
    return core::ExitCode::ok;
}

}  // namespace msunet::app
