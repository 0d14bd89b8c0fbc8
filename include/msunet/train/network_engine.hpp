// SPDX-License-Identifier: Apache-2.0
/// \file
/// What step engines of all devices have in common: the network with objective and optimiser, its
/// state, and steps that end on all ranks of the group when this one fails.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "msunet/model/collectives.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/model/optimizer.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// Base of engines. A step is: `begin`; this rank's part inside `guarded`; `reduce_gradients`; the
/// last sum, of `sums()` over the group; the optimiser. Where the network has copies of its values
/// (on a GPU), engines update them with the values.
class NetworkEngine : public StepEngine {
public:
    [[nodiscard]] std::string failure() const override { return failure_; }
    std::vector<float> bottleneck(std::span<const std::uint32_t> samples) override;
    std::vector<float> predict(std::span<const float> pictures) override;
    [[nodiscard]] std::vector<core::NamedArray> weights() const override;
    void load_weights(std::span<const core::NamedArray> weights) override;
    [[nodiscard]] std::vector<StateBuffer> state() const override;
    [[nodiscard]] std::int64_t iterations() const override { return optimizer_->iterations(); }
    [[nodiscard]] std::string restore(std::span<const StateBuffer> state,
                                      std::int64_t iterations) override;

protected:
    /// Samples as the network sees them, in master precision on its device.
    struct Batch {
        at::Tensor x, y;     ///< (N,H,W)
        at::Tensor weights;  ///< (N)
    };

    /// `fused_ops` null: those of the device. `stream`: what the reducer takes with its memory.
    NetworkEngine(const EngineSpec& spec, at::Device device,
                  std::unique_ptr<model::FusedOps> fused_ops, void* stream);

    /// Cuts samples out of the slices.
    virtual Batch cut(std::span<const std::uint32_t> samples) = 0;

    [[nodiscard]] const EngineSpec& spec() const { return spec_; }
    [[nodiscard]] model::Network& network() { return *network_; }
    [[nodiscard]] model::Optimizer& optimizer() { return *optimizer_; }
    [[nodiscard]] model::Collectives& collectives() { return collectives_; }
    /// Type and device of master tensors.
    [[nodiscard]] at::TensorOptions master() const { return network_->master_options(); }
    /// (5) float64 on the device: model::BatchSums of this rank's part, then of the group.
    [[nodiscard]] const at::Tensor& sums() const { return sums_; }

    /// A new step that carries `status`.
    void begin(std::int64_t status);

    /// Runs this rank's part of a step. A failure is kept and raised in the status, so that the
    /// other ranks of the group don't wait for this one.
    template <class F>
    void guarded(F&& part) {
        if (!failure_.empty()) return;
        try {
            part();
        } catch (const std::exception& error) {
            fail(error);
        }
    }
    /// Clears a failure before the same step is tried in another way.
    void clear_failure() { failure_.clear(); }

    /// Collective over the group in batch mode: gradients and sums of this rank's part.
    void differentiate(const Batch& batch, const BatchPart& part, std::int64_t step);
    /// Sums of this rank's part in inference mode.
    void score(const Batch& batch, const BatchPart& part);
    /// Collective over the group: takes part with zeros in the reductions that `differentiate` did
    /// not reach, then sums the gradients.
    void reduce_gradients();
    /// Loss and metrics of this rank's part to `sums()`. Returns the loss's gradient by the logits,
    /// undefined unless `with_gradient`. `global`: samples of the global batch.
    virtual at::Tensor compare(const at::Tensor& logits, const Batch& batch, std::int64_t global,
                               bool with_gradient);
    [[nodiscard]] const model::Objective& objective() const { return objective_; }
    /// The step's outcome from `sums()`, which have been added up.
    [[nodiscard]] StepOutcome outcome();

private:
    /// Forward pass of a training step: logits.
    at::Tensor forward(const Batch& batch, const BatchPart& part, std::int64_t step);
    void raise(std::int64_t status);
    void fail(const std::exception& error);
    /// Everything that a checkpoint keeps.
    [[nodiscard]] std::vector<std::pair<std::string, at::Tensor>> tensors() const;

    EngineSpec spec_;
    std::unique_ptr<model::Network> network_;
    model::Objective objective_;
    std::unique_ptr<model::Optimizer> optimizer_;
    model::Collectives collectives_;
    at::Tensor sums_;
    std::int64_t status_ = 0;
    std::string failure_;
};

}  // namespace msunet::train
