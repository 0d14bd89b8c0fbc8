// SPDX-License-Identifier: Apache-2.0
/// \file
/// One step on a batch, on whatever device: the trainer's view of a network with its optimiser.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/model/metrics.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::train {

/// What an engine is made for: one trial on one rank of a group. References outlive the engine.
struct EngineSpec {
    const unet::Architecture& architecture;
    const data::Dataset& dataset;
    const data::PatchIndex& index;
    const unet::Hyperparameters& hyperparameters;
    std::span<const core::NamedArray> start_weights;  ///< all tensors in the architecture's order
    std::span<const float> sample_weights;            ///< by sample id
    comm::AllReducer* reducer = nullptr;              ///< null: a group of one
    model::Precision precision = model::Precision::float32;
    std::uint64_t dropout_key = 0;
    std::uint64_t augmentation_key = 0;  ///< see data::augmentation_key
    bool mirrors = true;                 ///< see data::OnlineAugmentation
    bool sync_batch_norm = true;
    bool deterministic = true;
};

/// This rank's part of a global batch.
struct BatchPart {
    std::span<const std::uint32_t> samples;  ///< sample ids; may be empty
    std::int64_t first = 0;                  ///< position of the first in the global batch
    std::int64_t global = 0;                 ///< samples of the global batch
    std::int64_t epoch = 0;                  ///< of a training step, from 0
};

/// What a step gives: sums over the global batch, the same on every rank of the group.
struct StepOutcome {
    model::BatchSums sums;
    std::int64_t status = 0;  ///< the largest status that a rank of the group raised
};

/// A named flat buffer of an engine's state, copied to or from the host as float or double.
struct StateBuffer {
    std::string name;
    std::vector<double> doubles{};  ///< float64 networks
    std::vector<float> floats{};    ///< all others
};

/// A network with optimiser and data on one device. Not thread-safe. Methods that are collective
/// over the group don't throw for failures of one rank: the failing rank takes part in every
/// reduction of the step with zeros, and all get status `failed_status`.
class StepEngine {
public:
    static constexpr std::int64_t failed_status = 1'000'000;

    virtual ~StepEngine() = default;

    /// Collective over the group: one training step with the learning rate `lr`; `step` counts from
    /// the start of the trial, from 0. `status` is carried to the others.
    virtual StepOutcome train(const BatchPart& part, std::int64_t step, double lr,
                              std::int64_t status) = 0;
    /// Collective over the group: loss and metrics of a batch in inference mode.
    virtual StepOutcome evaluate(const BatchPart& part, std::int64_t status) = 0;
    /// Why this rank failed, one line; empty on ranks that did not.
    [[nodiscard]] virtual std::string failure() const = 0;

    /// This rank alone, inference mode: features for PCA, (samples, width) row-major.
    virtual std::vector<float> bottleneck(std::span<const std::uint32_t> samples) = 0;
    /// This rank alone, inference mode: the final activation on pictures (n, height, width) of the
    /// samples' padded size, row-major; the same shape.
    virtual std::vector<float> predict(std::span<const float> pictures) = 0;

    /// All tensors in the architecture's order; the same on every rank.
    [[nodiscard]] virtual std::vector<core::NamedArray> weights() const = 0;
    /// Overwrites all tensors (restore_best).
    virtual void load_weights(std::span<const core::NamedArray> weights) = 0;
    /// Everything that a bit-exact continuation needs: trainable values, moving statistics,
    /// optimiser state; frozen values come from the start weights.
    [[nodiscard]] virtual std::vector<StateBuffer> state() const = 0;
    /// Optimiser steps so far.
    [[nodiscard]] virtual std::int64_t iterations() const = 0;
    /// Continues from a state of the same network. Of another one it answers with a message that
    /// names a buffer which is missing or of the wrong size, and changes nothing.
    [[nodiscard]] virtual std::string restore(std::span<const StateBuffer> state,
                                              std::int64_t iterations) = 0;
    /// Bytes that the device has held at most; 0 if unknown.
    [[nodiscard]] virtual std::int64_t peak_memory() const = 0;
};

/// Makes an engine for a trial.
using EngineFactory = std::function<std::unique_ptr<StepEngine>(const EngineSpec&)>;

/// An engine on the CPU.
std::unique_ptr<StepEngine> make_cpu_engine(const EngineSpec& spec);

}  // namespace msunet::train
