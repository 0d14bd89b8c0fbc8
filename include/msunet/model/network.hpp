// SPDX-License-Identifier: Apache-2.0
/// \file
/// A U-Net with its weights on one device, whatever its architecture: the interface of all networks
/// and the functions that make them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/model/collectives.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/model/fused_ops.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {

/// What a network is made for.
struct NetworkOptions {
    Precision precision = Precision::float32;
    at::Device device = at::kCPU;
    double dropout = 0.5;
    /// One flag for each layer of the architecture, those without weights too; empty: all train.
    std::vector<bool> trainable{};
    /// True: `forward` is never called and weights change by `load` only, so that what the
    /// library's convolutions read is made once, not in every pass. Our own kernels transform the
    /// weights in every pass.
    bool inference_only = false;
    /// False: every BatchNorm layer normalises with the moving statistics (for tests).
    bool batch_statistics = true;
    /// True: the statistics of BatchNorm layers are those of the global batch, summed over the
    /// group.
    bool sync_batch_norm = true;
    /// Bytes; of the fused network on the CPU. Where the convolutions' outputs of a step take more,
    /// the convolutions' inputs are recomputed in backward instead of kept: half of the memory, for
    /// another pass over each output (1 to 5 % of a step's time), and the same bits.
    std::int64_t recompute_above = std::int64_t{64} << 20;
};

/// The part of a global batch that this rank works on, and its randomness.
struct StepContext {
    DropoutKey dropout;
    std::int64_t first_sample = 0;    ///< position in the global batch
    std::int64_t global_samples = 0;  ///< 0: as many as the input holds
    Collectives* collectives = nullptr;
};

/// One network on one device. Height and width of inputs are multiples of the architecture's
/// `side_multiple()`. Images are (N,H,W), or (N,C,H,W) where the architecture reads several
/// channels.
class Network {
public:
    virtual ~Network() = default;

    /// Collective over the group in batch mode. Training mode: images, N ≥ 0 → logits (N,H,W) in
    /// master precision. Keeps what backward needs; moves the moving statistics.
    virtual at::Tensor forward(const at::Tensor& x, const StepContext& context) = 0;
    /// Collective over the group in batch mode. After forward: gradient of the loss by the logits
    /// (N,H,W) → parameters().gradients(), this rank's part. Frees the activations.
    virtual void backward(const at::Tensor& logits_gradient) = 0;

    /// Inference mode: images → logits (N,H,W) in master precision.
    virtual at::Tensor infer(const at::Tensor& x) = 0;
    /// Inference mode: output of the architecture's bottleneck, (N, height·width·channels) with
    /// the channels last.
    virtual at::Tensor bottleneck(const at::Tensor& x) = 0;

    [[nodiscard]] virtual FlatParameters& parameters() = 0;
    [[nodiscard]] virtual const FlatParameters& parameters() const = 0;
    /// parameters().values() in compute precision, which the network reads in their place;
    /// undefined: it reads the values.
    [[nodiscard]] virtual at::Tensor value_copies() const = 0;
    /// Makes the copies equal to the values again. Whoever changes the values calls it, or changes
    /// value_copies() likewise; `load` does it.
    virtual void update_copies() = 0;
    /// Moving means and variances of all layers, one buffer in master precision.
    [[nodiscard]] virtual const at::Tensor& moving_statistics() const = 0;
    /// The sums over the group of one forward and backward.
    [[nodiscard]] virtual const ReductionSchedule& schedule() const = 0;

    /// All tensors in the architecture's order, Keras's layouts.
    [[nodiscard]] virtual std::vector<core::NamedArray> weights() const = 0;
    /// Overwrites all tensors. Throws core::Error where number or shapes are not the
    /// architecture's.
    virtual void load(std::span<const core::NamedArray> weights) = 0;

    [[nodiscard]] virtual const NetworkOptions& options() const = 0;
    /// Type and device of master tensors.
    [[nodiscard]] virtual at::TensorOptions master_options() const = 0;
};

/// What a network is made from. Weights: all tensors in the architecture's order, Keras's layouts.
/// `fused_ops` null: CPU kernels on the CPU, ATen elsewhere. The functions below throw core::Error
/// where a tensor's shape does not fit.
struct NetworkParts {
    const unet::Architecture& architecture;
    NetworkOptions options{};
    std::span<const core::NamedArray> weights;
    std::unique_ptr<FusedOps> fused_ops = nullptr;
};

/// The fused network where it can run the architecture, else the autograd one.
[[nodiscard]] std::unique_ptr<Network> make_network(NetworkParts parts);

/// The same in which no layer trains, so that it needs no memory for gradients. It only infers.
[[nodiscard]] std::unique_ptr<Network> make_inference_network(NetworkParts parts);

/// Forward and backward by hand, by fused operations and our own convolutions. Runs the published
/// architecture and those that differ from it in the number of blocks or in the channels below the
/// first block; throws core::Error for others.
[[nodiscard]] std::unique_ptr<Network> make_fused_network(NetworkParts parts);
/// Why the fused network can't run an architecture; nothing where it can.
[[nodiscard]] std::optional<std::string> fused_network_problem(
    const unet::Architecture& architecture);

/// ATen operators, layer by layer, with libtorch's autograd: runs any architecture. Slower than the
/// fused network and takes more memory. Draws the same dropout masks.
[[nodiscard]] std::unique_ptr<Network> make_autograd_network(NetworkParts parts);

}  // namespace msunet::model
