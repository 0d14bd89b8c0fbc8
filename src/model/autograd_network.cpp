// SPDX-License-Identifier: Apache-2.0
/// \file
/// model::Network by ATen operators, layer by layer, with gradients by libtorch's autograd.

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bitwise_and.h>
#include <ATen/ops/bitwise_right_shift.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>
#include <vector>

#include "model/network_base.hpp"

namespace msunet::model {
namespace {

/// Coefficients of channels as they multiply (N,C,H,W).
at::Tensor each_channel(const at::Tensor& coefficients) { return coefficients.view({1, -1, 1, 1}); }

/// Sums over the group. Each rank's loss depends on the sum, so that its gradient is summed too.
struct GroupSum : public torch::autograd::Function<GroupSum> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& part,
                              Collectives* collectives) {
        context->saved_data["collectives"] = reinterpret_cast<std::int64_t>(collectives);
        at::Tensor total = part.clone();
        collectives->sum(total);
        return total;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        // Values saved for backward can be numbers, not pointers.
        const std::int64_t address = context->saved_data["collectives"].toInt();
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        auto* collectives = reinterpret_cast<Collectives*>(address);
        at::Tensor total = gradients[0].clone().contiguous();
        collectives->sum(total);
        return {total, at::Tensor()};
    }
};

/// The mask (N,C,H,W) that dropout's bits stand for, see dropout.hpp. There may be more bits than
/// elements.
at::Tensor mask_of(const at::Tensor& bits, const at::Tensor& x) {
    const at::Tensor lane = at::arange(32, bits.options());
    const at::Tensor flat = at::bitwise_and(at::bitwise_right_shift(bits.unsqueeze(2), lane), 1);
    return flat.view({x.size(0), 32 * bits.size(1)})
        .narrow(1, 0, x.size(1) * x.size(2) * x.size(3))
        .reshape({x.size(0), x.size(2), x.size(3), x.size(1)})
        .permute({0, 3, 1, 2})
        .to(x.scalar_type());
}

class AutogradNetwork final : public NetworkBase {
public:
    explicit AutogradNetwork(NetworkParts parts)
        : NetworkBase(std::move(parts)),
          rate_(options_.dropout),
          last_reader_(architecture_.layers().size()) {
        const auto& layers = architecture_.layers();
        for (std::size_t i = 0; i < layers.size(); ++i) {
            for (const std::size_t input : layers[i].inputs) last_reader_[input] = i;
        }
        make_schedule();
    }

    at::Tensor forward(const at::Tensor& x, const StepContext& context) override {
        context_ = context;
        samples_ = x.size(0);
        if (context_.global_samples == 0) context_.global_samples = samples_;
        training_ = true;
        make_leaves();
        logits_ = logits_of(run(x, architecture_.layers().size() - 1));
        return logits_.detach();
    }

    void backward(const at::Tensor& logits_gradient) override {
        weights_.parameters.gradients().zero_();
        if (logits_.requires_grad()) {
            std::vector<at::Tensor> trained, to;
            for (std::size_t i = 0; i < leaves_.size(); ++i) {
                if (!leaves_[i].requires_grad()) continue;
                trained.push_back(leaves_[i]);
                to.push_back(weights_.gradient(i));
            }
            const auto gradients =
                torch::autograd::grad({logits_}, trained, {logits_gradient}, /*retain_graph=*/false,
                                      /*create_graph=*/false, /*allow_unused=*/true);
            for (std::size_t i = 0; i < to.size(); ++i) {
                if (gradients[i].defined()) to[i].copy_(gradients[i]);
            }
        }
        logits_ = at::Tensor();
        leaves_.clear();
    }

    at::Tensor infer(const at::Tensor& x) override {
        return logits_of(run_inference(x, architecture_.layers().size() - 1));
    }

    at::Tensor bottleneck(const at::Tensor& x) override {
        const at::Tensor y = run_inference(x, architecture_.bottleneck());
        return y.permute({0, 2, 3, 1})
            .reshape({y.size(0), y.size(1) * y.size(2) * y.size(3)})
            .to(master_options().dtype());
    }

private:
    /// The weights as this step reads them; those that train as leaves of the graph.
    void make_leaves() {
        leaves_.clear();
        for (std::size_t i = 0; i < architecture_.tensors().size(); ++i) {
            at::Tensor leaf = weights_.value(i).detach();
            leaf.set_requires_grad(training_ && weights_.gradient(i).defined());
            leaves_.push_back(std::move(leaf));
        }
    }

    at::Tensor run_inference(const at::Tensor& x, std::size_t last) {
        const at::NoGradGuard no_gradients;
        training_ = false;
        make_leaves();
        at::Tensor y = run(x, last);
        leaves_.clear();
        return y;
    }

    /// The output of layer `last`. Outputs that no further layer reads are freed on the way.
    at::Tensor run(const at::Tensor& x, std::size_t last) {
        const auto& layers = architecture_.layers();
        std::vector<at::Tensor> outputs(layers.size());
        outputs[0] = to_input(x);
        for (std::size_t i = 1; i <= last; ++i) {
            std::vector<at::Tensor> inputs;
            for (const std::size_t input : layers[i].inputs) {
                const bool done = last_reader_[input] == i;
                inputs.push_back(done ? std::move(outputs[input]) : outputs[input]);
            }
            outputs[i] = apply(i, inputs);
        }
        return outputs[last];
    }

    at::Tensor apply(std::size_t i, const std::vector<at::Tensor>& inputs) {
        const at::Tensor& x = inputs.front();
        switch (architecture_.layers()[i].kind) {
            case unet::LayerKind::convolution:
                return convolve(i, x);
            case unet::LayerKind::batch_norm:
                return normalise(i, x);
            case unet::LayerKind::max_pooling:
                return at::max_pool2d(x, {2, 2});
            case unet::LayerKind::up_sampling:
                return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
            case unet::LayerKind::concatenation:
                return at::cat(inputs, 1);
            case unet::LayerKind::addition:
                return inputs[0] + inputs[1];
            case unet::LayerKind::dropout:
                return drop(i, x);
            case unet::LayerKind::input:
                break;
        }
        return x;
    }

    /// The final convolution is computed in master precision.
    at::Tensor convolve(std::size_t i, const at::Tensor& x) {
        const unet::Layer& layer = architecture_.layers()[i];
        const std::size_t tensor = weights_.first_of(i);
        const bool final = layer.activation == unet::Activation::final;
        const auto type = final ? master_options().dtype().toScalarType() : compute_type();
        const at::Tensor kernel = leaves_[tensor].permute({0, 3, 1, 2}).to(type);
        // "same": what an even kernel lacks is padded at the bottom and on the right.
        const std::int64_t before = (layer.kernel - 1) / 2, after = layer.kernel - 1 - before;
        const at::Tensor padded = at::constant_pad_nd(x.to(type), {before, after, before, after});
        const at::Tensor z =
            at::convolution(padded, kernel, leaves_[tensor + 1].to(type), {1, 1}, {0, 0}, {1, 1},
                            /*transposed=*/false, {0, 0}, 1);
        return layer.activation == unet::Activation::relu ? at::relu(z) : z;
    }

    at::Tensor normalise(std::size_t i, const at::Tensor& x) {
        const std::size_t tensor = weights_.first_of(i);
        const double epsilon = architecture_.description().batch_norm.epsilon;
        const at::Tensor& gamma = leaves_[tensor];
        const at::Tensor a = x.to(gamma.scalar_type());
        at::Tensor mean = leaves_[tensor + 2].to(at::kDouble);
        at::Tensor variance = leaves_[tensor + 3].to(at::kDouble);
        const std::int64_t count =
            (options_.sync_batch_norm ? context_.global_samples : samples_) * x.size(2) * x.size(3);
        if (training_ && has_batch_statistics(i) && count > 0) {
            at::Tensor sums = at::stack({a.sum({0, 2, 3}, false, at::kDouble),
                                         a.square().sum({0, 2, 3}, false, at::kDouble)});
            if (reduces()) sums = GroupSum::apply(sums, context_.collectives);
            mean = sums[0] / static_cast<double>(count);
            variance = (sums[1] / static_cast<double>(count) - mean.square()).clamp_min(0);
            move_statistics(tensor, mean.detach(), variance.detach(), count);
        }
        const at::Tensor scale = gamma * at::rsqrt(variance + epsilon);
        const at::Tensor shift = leaves_[tensor + 1] - mean * scale;
        const auto type = gamma.scalar_type();
        return (a * each_channel(scale.to(type)) + each_channel(shift.to(type)))
            .to(x.scalar_type());
    }

    /// The variance of the whole population is estimated, as Keras does.
    void move_statistics(std::size_t tensor, const at::Tensor& mean, const at::Tensor& variance,
                         std::int64_t count) {
        const at::NoGradGuard no_gradients;
        const auto n = static_cast<double>(count);
        const double unbias = count > 1 ? n / (n - 1) : 1;
        const auto move = [&](const at::Tensor& moving, const at::Tensor& to) {
            const double momentum = architecture_.description().batch_norm.momentum;
            moving.copy_(moving.to(at::kDouble) * momentum + to * (1 - momentum));
        };
        move(weights_.value(tensor + 2), mean);
        move(weights_.value(tensor + 3), variance * unbias);
    }

    at::Tensor drop(std::size_t i, const at::Tensor& x) {
        if (!training_ || rate_.none()) return x;
        // Masks are drawn in groups of 4 words.
        const std::int64_t words = (x.size(1) * x.size(2) * x.size(3) + 127) / 128 * 4;
        at::Tensor bits = at::empty({x.size(0), words}, x.options().dtype(at::kInt));
        fused_ops_->dropout_mask(bits, rate_, context_.dropout,
                                 static_cast<std::uint32_t>(architecture_.layers()[i].halvings),
                                 static_cast<std::uint32_t>(context_.first_sample));
        return x * mask_of(bits, x) * rate_.keep_scale();
    }

    at::Tensor logits_of(const at::Tensor& y) const {
        return y.squeeze(1).to(master_options().dtype());
    }

    /// Whether a BatchNorm layer takes its statistics from the batch.
    [[nodiscard]] bool has_batch_statistics(std::size_t layer) const {
        return options_.batch_statistics && weights_.gradient(weights_.first_of(layer)).defined();
    }

    [[nodiscard]] bool reduces() const {
        return options_.sync_batch_norm && context_.collectives != nullptr &&
               context_.collectives->active();
    }

    /// Autograd goes through the layers in reverse order, as far as anything before them trains.
    void make_schedule() {
        if (!options_.sync_batch_norm) return;
        const auto& layers = architecture_.layers();
        std::vector<bool> has_gradient(layers.size());  // of the output
        ReductionSchedule backward;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            bool of_input = false;
            for (const std::size_t input : layers[i].inputs) {
                of_input = of_input || has_gradient[input];
            }
            const bool trains =
                layers[i].has_weights() && weights_.gradient(weights_.first_of(i)).defined();
            has_gradient[i] = of_input || trains;
            if (layers[i].kind != unet::LayerKind::batch_norm || !has_batch_statistics(i)) continue;
            schedule_.emplace_back(2 * layers[i].out_channels, at::kDouble);
            if (of_input) backward.push_back(schedule_.back());
        }
        schedule_.insert(schedule_.end(), backward.rbegin(), backward.rend());
    }

    DropoutRate rate_;
    std::vector<std::size_t> last_reader_;  ///< by layer: the last one that reads its output
    bool training_ = false;
    StepContext context_;
    std::int64_t samples_ = 0;
    std::vector<at::Tensor> leaves_;  ///< by tensor of the architecture, during a pass
    at::Tensor logits_;               ///< with their graph, between forward and backward
};

}  // namespace

std::unique_ptr<Network> make_autograd_network(NetworkParts parts) {
    return std::make_unique<AutogradNetwork>(std::move(parts));
}

}  // namespace msunet::model
