// SPDX-License-Identifier: Apache-2.0
#include "compute.hpp"

#include <cstdlib>

#include "find_accelerator.hpp"
#include "msunet/core/option_error.hpp"
#include "msunet/model/runtime.hpp"

namespace msunet::app {

namespace {

/// Tests set it so that a group of one reduces too, and NCCL runs on a single GPU.
bool reducer_is_forced() { return std::getenv("MSUNET_FORCE_REDUCER") != nullptr; }

std::vector<sweep::Device> devices_of(const train::Accelerator* accelerator) {
    std::vector<sweep::Device> devices;
    if (accelerator == nullptr) return devices;
    const auto uuids = accelerator->uuids();
    const auto names = accelerator->devices();
    for (std::size_t i = 0; i < uuids.size(); ++i) devices.push_back({uuids[i], names[i]});
    return devices;
}

model::Precision resolve_precision(std::optional<model::Precision> asked, bool gpu) {
    const auto precision = asked.value_or(model::default_precision(gpu));
    if (precision == model::Precision::tf32 && !gpu) {
        throw core::OptionError(
            "precision", std::string(core::name_of(precision)),
            "float32, bf16 or float64 on the CPU (TensorFloat-32 is a format of "
            "GPUs)");
    }
    return precision;
}

}  // namespace

Compute::Compute(const TrainSettings& settings, const comm::NodeTopology& topology)
    : Compute(settings, topology, find_accelerator(settings.train.device, topology.all())) {}

Compute::Compute(const TrainSettings& settings, const comm::NodeTopology& topology,
                 train::Accelerator* accelerator)
    : world_(topology.all()),
      accelerator_(accelerator),
      devices_(devices_of(accelerator)),
      precision_(resolve_precision(settings.train.precision, world_.any_of(!devices_.empty()))) {
    if (world_.any_of(!devices_.empty()) && !world_.all_of(!devices_.empty())) {
        throw core::UsageError(
            "some ranks see a GPU and others don't (the job's nodes or its --gpus-per-node "
            "differ), give every node GPUs or none");
    }
    if (precision_ == model::Precision::bf16 && devices_.empty() && !model::cpu_has_bf16()) {
        notices_.emplace_back(
            "this processor has no bfloat16 arithmetic: bf16 saves memory, but no time");
    }
    model::keep_freed_memory();
}

std::string Compute::device_name() const {
    return devices_.empty() ? "CPU" : devices_.front().name;
}

std::optional<train::AcceleratorVersions> Compute::accelerator_versions() const {
    if (accelerator_ == nullptr) return std::nullopt;
    return accelerator_->versions();
}

void Compute::use(const sweep::Placement& placement) {
    const auto& slot = placement.slots[static_cast<std::size_t>(world_.rank())];
    model::set_threads(static_cast<int>(slot.threads));
    const int color = static_cast<int>(slot.group >= 0 ? slot.group : placement.groups);
    group_ = world_.split(color, static_cast<int>(slot.rank_in_group));
    if (slot.group < 0) return;
    if (accelerator_ != nullptr && slot.device >= 0) {
        accelerator_->select(static_cast<int>(slot.device));
    }
    if (group_->size() == 1 && !reducer_is_forced()) return;
    reducer_ = accelerator_ != nullptr ? accelerator_->make_reducer(*group_)
                                       : std::make_unique<comm::MpiAllReducer>(*group_);
}

train::EngineFactory Compute::engine_factory() const {
    if (accelerator_ != nullptr) return accelerator_->engine_factory();
    return train::make_cpu_engine;
}

}  // namespace msunet::app
