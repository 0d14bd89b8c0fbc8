// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/network.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/record_function.h>

#include <array>
#include <optional>
#include <utility>

#include "model/head.hpp"
#include "model/stages.hpp"
#include "msunet/core/error.hpp"

namespace msunet::model {
namespace {

at::ScalarType master_type(Precision precision) {
    return precision == Precision::float64 ? at::kDouble : at::kFloat;
}

at::ScalarType compute_type(Precision precision) {
    return precision == Precision::bf16 ? at::kBFloat16 : master_type(precision);
}

std::unique_ptr<FusedOps> fused_ops_for(at::Device device) {
    return device.is_cpu() ? make_cpu_fused_ops() : make_aten_fused_ops();
}

}  // namespace

class Network::Impl {
public:
    Impl(NetworkOptions options, std::span<const core::NamedArray> arrays,
         std::unique_ptr<FusedOps> fused_ops)
        : options_(std::move(options)),
          type_(compute_type(options_.precision)),
          rate_(options_.dropout),
          fused_ops_(fused_ops ? std::move(fused_ops) : fused_ops_for(options_.device)),
          weights_(options_.trainable, options_.batch_statistics, master()) {
        weights_.load(arrays);
        while (first_ < stage_count && !weights_.stages[first_].trainable()) ++first_;
        make_schedule();
    }

    at::Tensor forward(const at::Tensor& x, const StepContext& context) {
        context_ = context;
        samples_ = x.size(0);
        if (context_.global_samples == 0) context_.global_samples = samples_;
        training_ = true;
        const auto bytes =
            weights_.output_numbers(x.numel()) * static_cast<std::int64_t>(at::elementSize(type_));
        recomputing_ = options_.device.is_cpu() && bytes > options_.recompute_above;
        return run(x);
    }

    at::Tensor infer(const at::Tensor& x) {
        training_ = recomputing_ = false;
        return run(x);
    }

    at::Tensor bottleneck(const at::Tensor& x) {
        training_ = recomputing_ = false;
        refresh();
        const at::Tensor y = contract(input(x));
        clear();
        return y.permute({0, 2, 3, 1}).contiguous().view({y.size(0), -1}).to(master().dtype());
    }

    void backward(const at::Tensor& logits_gradient) {
        at::Tensor dy = head_backward(*fused_ops_, weights_.head, input_of(stage_count),
                                      logits_gradient, first_ < stage_count);
        weights_.head.a = at::Tensor();
        if (!dy.defined()) {
            clear();
            return;
        }
        for (std::size_t skip = 0; skip < skip_count && dy.defined(); ++skip) {
            const std::size_t up = up_stage(skip);
            dy = stage_backward(up + 2, {.gradient = std::move(dy)});
            if (!dy.defined()) break;
            dy = stage_backward(up + 1, {.gradient = std::move(dy)});
            if (!dy.defined()) break;
            merged_[skip] = dy;
            dy = stage_backward(up, {.gradient = dy,
                                     .offset = skip_channels(skip),
                                     .bits = bits_[skip],
                                     .keep_scale = rate_.keep_scale()});
        }
        contract_backward(std::move(dy));
        clear();
    }

    [[nodiscard]] at::TensorOptions master() const {
        return at::TensorOptions(options_.device).dtype(master_type(options_.precision));
    }

    Weights& weights() { return weights_; }
    [[nodiscard]] const NetworkOptions& options() const { return options_; }
    [[nodiscard]] const auto& schedule() const { return schedule_; }

private:
    at::Tensor input(const at::Tensor& x) {
        return x.to(options_.device, type_).unsqueeze(1).contiguous();
    }

    void refresh() {
        for (auto& stage : weights_.stages) stage.convolution.refresh(type_);
    }

    [[nodiscard]] std::int64_t skip_channels(std::size_t skip) const {
        return weights_.stages[across_stage(skip)].channels();
    }

    at::Tensor empty(const at::Tensor& like, std::int64_t channels, std::int64_t height,
                     std::int64_t width) {
        return at::empty({like.size(0), channels, height, width}, like.options(),
                         at::MemoryFormat::ChannelsLast);
    }

    at::Tensor run(const at::Tensor& x) {
        refresh();
        at::Tensor y = contract(input(x));
        for (std::size_t skip = skip_count; skip-- > 0;) {
            const std::size_t up = up_stage(skip);
            const at::Tensor z = convolve_stage(up, y);
            if (recomputes(up + 1)) begin_merge(skip);
            normalise(up, z, merge_target(skip, skip_channels(skip)));
            y = std::move(merged_[skip]);
            y = plain(up + 1, std::move(y));
            y = plain(up + 2, std::move(y));
        }
        const bool keep = keeps(stage_count);
        if (keep && !recomputes(stage_count)) weights_.head.x = y;
        at::Tensor logits = head_forward(*fused_ops_, weights_.head, y, keep);
        if (!training_) clear();
        return logits;
    }

    at::Tensor contract(at::Tensor y) {
        for (std::size_t block = 0; block <= skip_count; ++block) {
            y = plain(2 * block, std::move(y));
            y = block == skip_count ? plain(2 * block + 1, std::move(y)) : skip(block, y);
        }
        return y;
    }

    /// Whether this pass keeps what the backward pass of a stage needs.
    [[nodiscard]] bool keeps(std::size_t stage) const { return training_ && stage >= first_; }

    at::Tensor convolve_stage(std::size_t i, const at::Tensor& x) {
        Stage& stage = weights_.stages[i];
        const bool sums = training_ && stage.norm.batch_statistics;
        at::Tensor z;
        if (i == 0) {
            RECORD_USER_SCOPE("msunet::convolution");
            z = fused_ops_->first_convolution(x, stage.convolution.kernel, stage.convolution.bias,
                                              stage.norm, sums);
        } else {
            z = convolve(stage.convolution, x);
            if (sums) fused_ops_->relu_sums(z, stage.norm);
        }
        if (keeps(i)) {
            if (!recomputes(i)) stage.x = x;
            stage.z = z;
        }
        return z;
    }

    /// Whether a stage's input (index stage_count: the head's) is not kept, but made anew in
    /// backward from the outputs of the convolutions before it. Pooled inputs are small and are
    /// kept.
    [[nodiscard]] bool recomputes(std::size_t i) const {
        if (!recomputing_ || (i < contracting_stages && i % 2 == 0)) return false;
        const auto skip = merge_before(i);
        return (skip ? across_stage(*skip) : i - 1) >= first_;
    }

    /// Makes room for a merge and writes its first half, from an output that is kept.
    void begin_merge(std::size_t skip) {
        const Stage& across = weights_.stages[across_stage(skip)];
        merged_[skip] = empty_merge(skip, across.z);
        fused_ops_->norm_forward(across.z, across.norm, merge_target(skip, 0));
    }

    /// A stage's input in backward, handed over or made anew while the stages that it is made from
    /// still have their outputs.
    at::Tensor input_of(std::size_t i) {
        if (!recomputes(i))
            return std::move(i == stage_count ? weights_.head.x : weights_.stages[i].x);
        const Stage& before = weights_.stages[i - 1];
        if (const auto skip = merge_before(i)) {
            begin_merge(*skip);
            fused_ops_->norm_forward(before.z, before.norm,
                                     merge_target(*skip, skip_channels(*skip)));
            return std::move(merged_[*skip]);
        }
        at::Tensor y = empty(before.z, before.channels(), before.z.size(2), before.z.size(3));
        fused_ops_->norm_forward(before.z, before.norm, {.out = y});
        return y;
    }

    /// How many values a channel the statistics of a stage are over; 0: none, inference mode.
    [[nodiscard]] std::int64_t count(const at::Tensor& z) const {
        const bool whole = options_.sync_batch_norm;
        return (whole ? context_.global_samples : samples_) * z.size(2) * z.size(3);
    }

    [[nodiscard]] bool reduces(const Stage& stage) const {
        return stage.norm.batch_statistics && options_.sync_batch_norm &&
               context_.collectives != nullptr && context_.collectives->active();
    }

    void normalise(std::size_t i, const at::Tensor& z, const Target& target) {
        Stage& stage = weights_.stages[i];
        if (training_ && reduces(stage)) context_.collectives->sum(stage.norm.sums);
        fused_ops_->prepare_norm(stage.norm, training_ ? count(z) : 0);
        fused_ops_->norm_forward(z, stage.norm, target);
    }

    at::Tensor plain(std::size_t i, at::Tensor x) {
        const at::Tensor z = convolve_stage(i, x);
        x.reset();
        at::Tensor y = keeps(i) ? empty(z, z.size(1), z.size(2), z.size(3)) : z;
        normalise(i, z, {.out = y});
        return y;
    }

    /// The second stage of a contracting block: pooled output, and the first part of its merge.
    at::Tensor skip(std::size_t block, const at::Tensor& x) {
        const std::size_t i = across_stage(block);
        const at::Tensor z = convolve_stage(i, x);
        const std::int64_t height = z.size(2), width = z.size(3);
        if (!recomputes(up_stage(block) + 1)) merged_[block] = empty_merge(block, z);
        make_mask(block, z);
        Target target = merge_target(block, 0);
        target.pooled = empty(z, z.size(1), height / 2, width / 2);
        if (keeps(i)) {
            index_[block] = at::empty(target.pooled.sizes(), z.options().dtype(at::kByte),
                                      at::MemoryFormat::ChannelsLast);
            target.pool_index = index_[block];
        }
        normalise(i, z, target);
        return target.pooled;
    }

    [[nodiscard]] std::int64_t merged_channels(std::size_t skip) const {
        return skip_channels(skip) + weights_.stages[up_stage(skip)].channels();
    }

    /// For outputs z of its first half.
    at::Tensor empty_merge(std::size_t skip, const at::Tensor& z) {
        return empty(z, merged_channels(skip), z.size(2), z.size(3));
    }

    void make_mask(std::size_t skip, const at::Tensor& z) {
        bits_[skip] = at::Tensor();
        if (!training_ || rate_.none()) return;
        RECORD_USER_SCOPE("msunet::dropout_mask");
        bits_[skip] = at::empty({z.size(0), z.size(2) * z.size(3) * merged_channels(skip) / 32},
                                z.options().dtype(at::kInt));
        fused_ops_->dropout_mask(bits_[skip], rate_, context_.dropout,
                                 static_cast<std::uint32_t>(skip),
                                 static_cast<std::uint32_t>(context_.first_sample));
    }

    Target merge_target(std::size_t skip, std::int64_t offset) {
        return {.out = merged_[skip],
                .offset = offset,
                .bits = bits_[skip],
                .keep_scale = rate_.keep_scale()};
    }

    /// From the gradient of the stage's output: gradients of its weights, and of its input unless
    /// nothing below trains.
    at::Tensor stage_backward(std::size_t i, Source source) {
        Stage& stage = weights_.stages[i];
        Norm& norm = stage.norm;
        if (norm.batch_statistics || stage.norm_trainable()) {
            fused_ops_->norm_backward_sums(stage.z, source, norm);
            if (stage.norm_trainable()) fused_ops_->take_norm_gradients(norm);
            if (reduces(stage)) context_.collectives->sum(norm.sums);
        }
        const bool needed = i > first_;
        Convolution& convolution = stage.convolution;
        at::Tensor dx;
        if (needed || convolution.trainable()) {
            fused_ops_->prepare_norm_backward(norm, count(stage.z));
            fused_ops_->norm_backward(stage.z, source, norm, convolution.bias_gradient);
            source = {};  // makes room for what follows
            if (i == 0) {
                RECORD_USER_SCOPE("msunet::convolution_backward");
                fused_ops_->first_convolution_backward(stage.x, stage.z,
                                                       convolution.kernel_gradient);
            } else {
                dx = convolve_backward(convolution, stage.z, input_of(i), needed);
            }
        }
        stage.x = at::Tensor();
        stage.z = at::Tensor();
        return dx;
    }

    void contract_backward(at::Tensor dy) {
        if (!dy.defined()) return;
        Source source{.gradient = std::move(dy)};
        for (std::size_t block = skip_count + 1; block-- > 0;) {
            dy = stage_backward(2 * block + 1, std::move(source));
            if (!dy.defined()) return;
            dy = stage_backward(2 * block, {.gradient = std::move(dy)});
            if (!dy.defined() || block == 0) return;
            source = {.gradient = std::move(merged_[block - 1]),
                      .bits = bits_[block - 1],
                      .keep_scale = rate_.keep_scale(),
                      .pooled = std::move(dy),
                      .pool_index = index_[block - 1]};
        }
    }

    void clear() {
        for (auto& stage : weights_.stages) {
            stage.x = at::Tensor();
            stage.z = at::Tensor();
        }
        for (std::size_t i = 0; i < skip_count; ++i) {
            merged_[i] = bits_[i] = index_[i] = at::Tensor();
        }
        weights_.head.x = weights_.head.a = at::Tensor();
    }

    void make_schedule() {
        if (!options_.sync_batch_norm) return;
        const auto add = [&](const Stage& stage) {
            if (stage.norm.batch_statistics) {
                schedule_.emplace_back(2 * stage.channels(), at::kDouble);
            }
        };
        for (const auto& stage : weights_.stages) add(stage);
        for (std::size_t i = stage_count; i-- > first_;) add(weights_.stages[i]);
    }

    NetworkOptions options_;
    at::ScalarType type_;
    DropoutRate rate_;
    std::unique_ptr<FusedOps> fused_ops_;
    Weights weights_;
    /// The lowest stage with a trainable tensor; nothing below it has a gradient.
    std::size_t first_ = 0;
    std::vector<std::pair<std::int64_t, at::ScalarType>> schedule_;

    bool training_ = false;
    bool recomputing_ = false;  ///< see recomputes()
    StepContext context_;
    std::int64_t samples_ = 0;
    /// By skip connection: concatenated input (in backward its gradient), dropout mask, pooling.
    std::array<at::Tensor, skip_count> merged_, bits_, index_;
};

Network::Network(NetworkOptions options, std::span<const core::NamedArray> weights,
                 std::unique_ptr<FusedOps> fused_ops)
    : impl_(std::make_unique<Impl>(std::move(options), weights, std::move(fused_ops))) {}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

at::Tensor Network::forward(const at::Tensor& x, const StepContext& context) {
    return impl_->forward(x, context);
}

void Network::backward(const at::Tensor& logits_gradient) { impl_->backward(logits_gradient); }

at::Tensor Network::infer(const at::Tensor& x) { return impl_->infer(x); }

at::Tensor Network::bottleneck(const at::Tensor& x) { return impl_->bottleneck(x); }

FlatParameters& Network::parameters() const { return impl_->weights().parameters; }

const at::Tensor& Network::moving_statistics() const {
    return impl_->weights().statistics.values();
}

const std::vector<std::pair<std::int64_t, at::ScalarType>>& Network::schedule() const {
    return impl_->schedule();
}

std::vector<core::NamedArray> Network::weights() const { return impl_->weights().save(); }

void Network::load(std::span<const core::NamedArray> weights) { impl_->weights().load(weights); }

const NetworkOptions& Network::options() const { return impl_->options(); }

at::TensorOptions Network::master_options() const { return impl_->master(); }

}  // namespace msunet::model
