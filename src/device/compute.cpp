// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/compute.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/versions.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/runtime.hpp"

namespace msunet::device {

namespace {

/// Tests set it so that a group of one reduces too, and NCCL runs on a single GPU.
bool reducer_is_forced() { return std::getenv("MSUNET_FORCE_REDUCER") != nullptr; }

model::Precision resolve_precision(std::optional<model::Precision> asked, bool gpu) {
    const auto precision = asked.value_or(model::default_precision(gpu));
    if (precision == model::Precision::tf32 && !gpu) {
        throw core::UsageError({.option = "--precision",
                                .got = std::string(core::name_of(precision)),
                                .expected = "float32, bf16 or float64 on the CPU (TensorFloat-32 "
                                            "is a format of GPUs)"});
    }
    return precision;
}

/// Collective: of the first rank of each node.
std::vector<std::string> processors_of(const comm::NodeTopology& topology) {
    const auto by_rank =
        topology.all().all_gather(topology.node().is_root() ? processor() : std::string());
    std::vector<std::string> processors(static_cast<std::size_t>(topology.node_count()));
    for (std::size_t rank = 0; rank < by_rank.size(); ++rank) {
        auto& of_node = processors[static_cast<std::size_t>(topology.node_of_rank()[rank])];
        if (of_node.empty()) of_node = by_rank[rank];
    }
    return processors;
}

/// Collective: a rank that refused its value alone would leave the others waiting for it.
void check_kernels(const comm::Communicator& world) {
    for (const auto& asked : world.all_gather(model::asked_cpu_kernels())) {
        model::check_cpu_kernels(asked);
    }
}

}  // namespace

std::optional<std::string> mixed_processors(const std::vector<std::string>& processors,
                                            const std::vector<std::string>& hosts) {
    const auto other = std::ranges::adjacent_find(processors, std::ranges::not_equal_to());
    if (other == processors.end()) return std::nullopt;
    const auto at = static_cast<std::size_t>(other - processors.begin());
    return core::concat("nodes have different processors (", hosts[at], ": ", processors[at], "; ",
                        hosts[at + 1], ": ", processors[at + 1],
                        "): the last digits of a trial's results may depend on its node");
}

Compute::Compute(const settings::TrainSettings& settings, const comm::NodeTopology& topology)
    : Compute(settings, topology, installed_accelerator()) {}

Compute::Compute(const settings::TrainSettings& settings, const comm::NodeTopology& topology,
                 const AcceleratorSource& source)
    : Compute(settings.train.device, settings.train.precision, topology, source) {}

Compute::Compute(core::Device device, std::optional<model::Precision> precision,
                 const comm::NodeTopology& topology, const AcceleratorSource& source)
    : world_(topology.all()),
      found_(find_accelerator(device, topology, source)),
      precision_(resolve_precision(precision, on_gpu())) {
    check_kernels(world_);
    processors_ = processors_of(topology);
    if (!on_gpu()) {
        if (auto mixed = mixed_processors(processors_, topology.hosts())) {
            notices_.push_back(std::move(*mixed));
        }
    }
    if (precision_ == model::Precision::bf16 && !on_gpu() && !model::cpu_has_bf16()) {
        notices_.emplace_back(
            "this processor has no bfloat16 arithmetic: bf16 saves memory, but no time");
    }
    model::keep_freed_memory();
}

std::string Compute::device_name() const {
    return on_gpu() ? found_.devices.at(chosen_).name : "CPU";
}

std::optional<train::AcceleratorVersions> Compute::accelerator_versions() const {
    if (!on_gpu()) return std::nullopt;
    return found_.accelerator->versions();
}

void Compute::use(const sweep::Placement& placement) {
    const auto& slot = placement.slots[static_cast<std::size_t>(world_.rank())];
    model::set_threads(static_cast<int>(slot.threads));
    core::fault_point("compute.use");
    // Of an earlier use: a group of one has no reducer.
    reducer_.reset();
    const int color = static_cast<int>(slot.group >= 0 ? slot.group : placement.groups);
    group_ = world_.split(color, static_cast<int>(slot.rank_in_group));
    if (slot.group < 0) return;
    if (on_gpu() && slot.device >= 0) {
        found_.accelerator->select(static_cast<int>(slot.device));
        chosen_ = static_cast<std::size_t>(slot.device);
    }
    if (group_->size() == 1 && !reducer_is_forced()) return;
    reducer_ = on_gpu() ? found_.accelerator->make_reducer(*group_)
                        : std::make_unique<comm::MpiAllReducer>(*group_);
}

train::EngineFactory Compute::engine_factory() const {
    if (on_gpu()) return found_.accelerator->engine_factory();
    return train::make_cpu_engine;
}

std::unique_ptr<model::Network> Compute::inference_network(
    const unet::Architecture& architecture, std::span<const core::NamedArray> weights) const {
    if (on_gpu()) return found_.accelerator->inference_network(architecture, weights, precision_);
    return model::make_inference_network(
        {.architecture = architecture, .options = {.precision = precision_}, .weights = weights});
}

}  // namespace msunet::device
