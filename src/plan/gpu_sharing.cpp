// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/gpu_sharing.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <limits>

#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::plan {

namespace {

constexpr std::size_t most_compared = 1000;
/// The first step runs kernel by kernel, the second is captured as a graph.
constexpr std::int64_t first_steps = 3;
/// Of the steps that are timed, of each number of trials.
constexpr double timed_seconds = 0.7;

double pixels_of(const unet::Hyperparameters& values) {
    const auto side = static_cast<double>(values.patch_dimensions);
    return static_cast<double>(values.batch_size) * side * side;
}

unet::Hyperparameters largest_step(const settings::TrainSettings& settings, const GridPlan& plan) {
    const auto defaults = settings::default_hyperparameters(settings);
    auto largest = first_permutation(plan, defaults);
    const auto& trials = plan.selection.trials;
    for (std::size_t i = 0; i < std::min(trials.size(), most_compared); ++i) {
        auto values = unet::from_permutation(plan.grid->permutation(trials[i]), defaults);
        if (pixels_of(values) > pixels_of(largest)) largest = std::move(values);
    }
    return largest;
}

bool have_same_gpu(const sweep::Slot& a, const sweep::Slot& b) {
    return a.node == b.node && a.uuid == b.uuid;
}

bool has_gpu(const sweep::Slot& slot) { return slot.group >= 0 && slot.device >= 0; }

std::vector<std::int64_t> places_on_gpus(const sweep::Placement& placement) {
    std::vector<std::int64_t> places;
    for (auto slot = placement.slots.begin(); slot != placement.slots.end(); ++slot) {
        const auto before = std::count_if(placement.slots.begin(), slot, [&](const auto& other) {
            return has_gpu(other) && have_same_gpu(other, *slot);
        });
        places.push_back(has_gpu(*slot) ? before : -1);
    }
    return places;
}

}  // namespace

RankSharingMeter::RankSharingMeter(const settings::TrainSettings& settings, const GridPlan& plan,
                                   const data::Dataset& dataset, data::PatchLists& patches,
                                   const device::Compute& compute,
                                   const sweep::Placement& placement,
                                   const comm::Communicator& world)
    : dataset_(dataset),
      compute_(compute),
      placement_(placement),
      world_(world),
      alone_(comm::Communicator::self_without_mpi()),
      architecture_(unet::published_architecture()),
      hyperparameters_(largest_step(settings, plan)),
      index_(patches.of(hyperparameters_.patch_dimensions, hyperparameters_.patch_stride)),
      deterministic_(settings.train.deterministic),
      places_(places_on_gpus(placement)) {}

std::int64_t RankSharingMeter::free_bytes() {
    const bool has = places_[static_cast<std::size_t>(world_.rank())] >= 0;
    return world_.all_reduce(
        has ? compute_.free_memory() : std::numeric_limits<std::int64_t>::max(),
        comm::Operation::min);
}

double RankSharingMeter::rate(std::int64_t trials) {
    const auto place = places_[static_cast<std::size_t>(world_.rank())];
    const bool takes_part = place >= 0 && place < trials;
    const auto free = [&] {
        world_.barrier();
        const auto bytes = takes_part ? compute_.free_memory() : 0;
        world_.barrier();
        return bytes;
    };
    const auto before = free();
    auto trial = takes_part ? begin_trial() : nullptr;
    const auto taken = std::max<std::int64_t>(0, before - free());
    const double own = trial ? time(*trial) : 0;
    trial.reset();
    if (takes_part) compute_.release_memory();
    trial_bytes_ = world_.all_reduce(taken / trials, comm::Operation::max);
    return rate_of_slowest(world_.all_gather(own), trials);
}

std::unique_ptr<train::StepTimer> RankSharingMeter::begin_trial() const {
    const core::FaultPause trials_alone_fail;
    try {
        auto trial = std::make_unique<train::StepTimer>(
            dataset_, index_, hyperparameters_,
            train::StepTimerPlace{.architecture = architecture_,
                                  .group = alone_,
                                  .make_engine = compute_.engine_factory(),
                                  .precision = compute_.precision(),
                                  .deterministic = deterministic_});
        trial->warm_up(first_steps, false);
        return trial->failure().empty() ? std::move(trial) : nullptr;
    } catch (const std::exception&) {
        // Above all, a lack of memory: so many trials don't fit.
        return nullptr;
    }
}

double RankSharingMeter::time(train::StepTimer& trial) {
    const core::FaultPause trials_alone_fail;
    const double began = core::steady_seconds();
    do {
        trial.train();
    } while (core::steady_seconds() - began < timed_seconds && trial.failure().empty());
    if (!trial.failure().empty()) return 0;
    const auto& times = trial.training();
    return times.samples * static_cast<double>(times.seconds.size()) /
           (core::steady_seconds() - began);
}

double RankSharingMeter::rate_of_slowest(const std::vector<double>& rates,
                                         std::int64_t trials) const {
    double slowest = std::numeric_limits<double>::infinity();
    for (std::size_t last = 0; last < places_.size(); ++last) {
        if (places_[last] != trials - 1) continue;
        double together = 0;
        bool failed = false;
        for (std::size_t rank = 0; rank <= last; ++rank) {
            if (places_[rank] < 0 ||
                !have_same_gpu(placement_.slots[rank], placement_.slots[last])) {
                continue;
            }
            together += rates[rank];
            failed = failed || rates[rank] <= 0;
        }
        slowest = std::min(slowest, failed ? 0 : together);
    }
    return slowest;
}

GpuSharing share_gpus(const settings::TrainSettings& settings, const GridPlan& plan,
                      const data::Dataset& dataset, data::PatchLists& patches,
                      const std::vector<sweep::Node>& nodes, device::Compute& compute,
                      const comm::Communicator& world, StartPlan& decided) {
    if (const auto& number = settings.sweep.trials_per_gpu.number) return {.trials = *number};
    if (!compute.on_gpu()) return {};
    if (const auto earlier = decided.open.measured_sharing) {
        return {.trials = *earlier,
                .is_measured = true,
                .text = core::concat(*earlier, " at most (auto: measured at an earlier start)")};
    }
    if (!may_share_gpus(settings.sweep.ranks_per_trial, decided.open)) {
        return {.text = "1 (auto: ranks train together)"};
    }
    if (decided.placement.most_sharers <= 1) {
        return {.text = "1 (auto: there are no more ranks or trials than GPUs)"};
    }
    compute.use(decided.placement);
    RankSharingMeter meter(settings, plan, dataset, patches, compute, decided.placement, world);
    const auto choice = sweep::measure_sharing(meter, decided.placement.most_sharers);
    auto request = placement_request(settings, plan, nodes, decided.open);
    request.trials_per_gpu = choice.trials;
    decided.placement = sweep::place(request);
    return {.trials = choice.trials,
            .is_measured = true,
            .text = core::concat(choice.trials, " at most (auto: ", choice.reason, ")")};
}

}  // namespace msunet::plan
