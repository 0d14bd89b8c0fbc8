// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/plan/start_plan.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/gpu_sharing.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/train/step_timer.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::plan {

/// Measures training steps on the GPUs of a placement, in which all ranks share them: those of that
/// permutation, of the first thousand, whose batches have the most pixels. Its methods are
/// collective over `world`. Where a step fails, the rate is 0.
class RankSharingMeter final : public sweep::SharingMeter {
public:
    /// `compute` uses the placement. References outlive the meter.
    RankSharingMeter(const settings::TrainSettings& settings, const GridPlan& plan,
                     const data::Dataset& dataset, data::PatchLists& patches,
                     const device::Compute& compute, const sweep::Placement& placement,
                     const comm::Communicator& world);

    [[nodiscard]] std::int64_t free_bytes() override;
    [[nodiscard]] double rate(std::int64_t trials) override;
    [[nodiscard]] std::int64_t trial_bytes() override { return trial_bytes_; }

private:
    /// A trial whose first steps are done; null if they fail.
    [[nodiscard]] std::unique_ptr<train::StepTimer> begin_trial() const;
    /// Samples a second of this rank; 0 if a step fails.
    [[nodiscard]] static double time(train::StepTimer& trial);
    /// From the rates of all ranks.
    [[nodiscard]] double rate_of_slowest(const std::vector<double>& rates,
                                         std::int64_t trials) const;

    const data::Dataset& dataset_;
    const device::Compute& compute_;
    const sweep::Placement& placement_;
    const comm::Communicator& world_;
    comm::Communicator alone_;
    unet::Architecture architecture_;
    unet::Hyperparameters hyperparameters_;
    const data::PatchIndex& index_;
    bool deterministic_;
    /// By rank: how many ranks before it have the same GPU; -1 without a GPU.
    std::vector<std::int64_t> places_;
    std::int64_t trial_bytes_ = 0;
};

/// Collective over `world`: how many trials share a GPU. With --trials_per_gpu auto, where several
/// ranks share GPUs and no earlier start has measured it, steps are measured, for some seconds, and
/// `decided.placement` is replaced by that with the number chosen; `compute` then has used the
/// first placement.
[[nodiscard]] GpuSharing share_gpus(const settings::TrainSettings& settings, const GridPlan& plan,
                                    const data::Dataset& dataset, data::PatchLists& patches,
                                    const std::vector<sweep::Node>& nodes, device::Compute& compute,
                                    const comm::Communicator& world, StartPlan& decided);

}  // namespace msunet::plan
