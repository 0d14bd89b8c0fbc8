// SPDX-License-Identifier: Apache-2.0
#pragma once

// The U-Net of behaviour.md section 9 with hand-written forward and backward passes (no autograd).

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/model/collectives.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/model/fused_ops.hpp"
#include "msunet/model/precision.hpp"

namespace msunet::model {

/// What a network is made for.
struct NetworkOptions {
    Precision precision = Precision::float32;
    at::Device device = at::kCPU;
    double dropout = 0.5;
    /// One flag for each layer of unet::layers(), those without weights too; empty: all train.
    std::vector<bool> trainable{};
    /// False: every batch normalisation normalises with the moving statistics (for tests).
    bool batch_statistics = true;
    /// True: BN statistics are those of the global batch, summed over the group.
    bool sync_batch_norm = true;
    /// Bytes. On the CPU, where the convolutions' outputs of a step take more than that, what they
    /// read is made anew in backward instead of kept: half of what is kept, for another pass over
    /// each output (1 to 5 % of a step's time), and the same bits.
    std::int64_t recompute_above = std::int64_t{64} << 20;
};

/// The part of a global batch that this rank works on, and its randomness.
struct StepContext {
    DropoutKey dropout;
    std::int64_t first_sample = 0;    ///< position in the global batch
    std::int64_t global_samples = 0;  ///< 0: as many as the input holds
    Collectives* collectives = nullptr;
};

/// One network on one device. Height and width of inputs are multiples of 16.
class Network {
public:
    /// `weights`: all 136 tensors in unet's order, Keras's layouts. `fused_ops` null: CPU kernels
    /// on the CPU, ATen elsewhere. Throws core::Error where a tensor's shape does not fit.
    Network(NetworkOptions options, std::span<const core::NamedArray> weights,
            std::unique_ptr<FusedOps> fused_ops = nullptr);
    ~Network();
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;

    /// Collective over the group in batch mode. Training mode: x (N,H,W), N ≥ 0 → logits (N,H,W)
    /// in master precision. Keeps what backward needs; moves the moving statistics.
    at::Tensor forward(const at::Tensor& x, const StepContext& context);
    /// Collective over the group in batch mode. After forward: gradient of the loss by the logits
    /// (N,H,W) → parameters().gradients(), this rank's part. Frees the activations.
    void backward(const at::Tensor& logits_gradient);

    /// Inference mode: x (N,H,W) → logits (N,H,W) in master precision.
    at::Tensor infer(const at::Tensor& x);
    /// Inference mode: output of conv5_2's batch normalisation, (N, H/16·W/16·256) channels last.
    at::Tensor bottleneck(const at::Tensor& x);

    [[nodiscard]] FlatParameters& parameters() const;
    /// Moving means and variances of all layers, one buffer in master precision.
    [[nodiscard]] const at::Tensor& moving_statistics() const;
    /// Elements and types of the sums over the group of one forward and backward, in order.
    [[nodiscard]] const std::vector<std::pair<std::int64_t, at::ScalarType>>& schedule() const;

    /// All 136 tensors in unet's order, Keras's layouts.
    [[nodiscard]] std::vector<core::NamedArray> weights() const;
    /// Overwrites all tensors; order and layouts as in the constructor.
    void load(std::span<const core::NamedArray> weights);

    [[nodiscard]] const NetworkOptions& options() const;
    /// Dtype and device of master tensors.
    [[nodiscard]] at::TensorOptions master_options() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::model
