// SPDX-License-Identifier: Apache-2.0
/// \file
/// model::Network by fused operations, with forward and backward written by hand.

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/record_function.h>

#include <optional>
#include <utility>
#include <vector>

#include "model/head.hpp"
#include "model/network_base.hpp"
#include "model/stages.hpp"

namespace msunet::model {
namespace {

class FusedNetwork final : public NetworkBase {
public:
    explicit FusedNetwork(NetworkParts parts)
        : NetworkBase(std::move(parts)),
          rate_(options_.dropout),
          stages_(make_stages()),
          merged_(stages_.skips()),
          bits_(stages_.skips()),
          index_(stages_.skips()) {
        if (fused_ops_->for_gpu()) {
            for (auto& stage : stages_.all) stage.norm.bias = stage.convolution.bias;
        }
        update_copies();
        while (first_ < stages_.count() && !stages_.all[first_].trainable()) ++first_;
        make_schedule();
    }

    at::Tensor forward(const at::Tensor& x, const StepContext& context) override {
        context_ = context;
        samples_ = x.size(0);
        if (context_.global_samples == 0) context_.global_samples = samples_;
        training_ = true;
        const auto bytes = stages_.output_numbers(x.numel()) *
                           static_cast<std::int64_t>(at::elementSize(compute_type()));
        recomputing_ = options_.device.is_cpu() && bytes > options_.recompute_above;
        return run(x);
    }

    void load(std::span<const core::NamedArray> weights) override {
        NetworkBase::load(weights);
        update_copies();
        is_fresh_ = false;
    }

    at::Tensor infer(const at::Tensor& x) override {
        training_ = recomputing_ = false;
        return run(x);
    }

    at::Tensor bottleneck(const at::Tensor& x) override {
        training_ = recomputing_ = false;
        refresh();
        const ConvolutionInput last = contract({to_input(x)});
        const at::Tensor& y = last.x;
        const Norm& norm = stages_.all[stages_.contracting() - 1].norm;
        if (last.needs_norm()) fused_ops_->norm_forward(y, norm, {.out = y});
        clear();
        return y.permute({0, 2, 3, 1})
            .contiguous()
            .view({y.size(0), -1})
            .to(master_options().dtype());
    }

    void backward(const at::Tensor& logits_gradient) override {
        go_back(logits_gradient);
        fused_ops_->take_kernel_gradients(gradients_);
        clear();
    }

private:
    void go_back(const at::Tensor& logits_gradient) {
        at::Tensor dy = head_backward(*fused_ops_, stages_.head, input_of(stages_.count()).x,
                                      logits_gradient, first_ < stages_.count());
        for (std::size_t skip = 0; skip < stages_.skips() && dy.defined(); ++skip) {
            const std::size_t up = stages_.up(skip);
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
    }

    /// The stages. On a GPU they read copies of the weights if compute precision is another one.
    Stages make_stages() {
        const bool other = compute_type() != master_options().dtype().toScalarType();
        if (fused_ops_->for_gpu() && other) weights_.make_copies(compute_type());
        return {architecture_, weights_, options_.batch_statistics, master_options()};
    }

    /// Converts the weights to what the convolutions read.
    void refresh() {
        if (is_fresh_ && options_.inference_only) return;
        for (auto& stage : stages_.all) stage.convolution.refresh(compute_type(), fused_ops_.get());
        is_fresh_ = true;
    }

    [[nodiscard]] std::int64_t skip_channels(std::size_t skip) const {
        return stages_.all[Stages::across(skip)].channels();
    }

    at::Tensor empty(const at::Tensor& like, std::int64_t channels, std::int64_t height,
                     std::int64_t width) {
        return at::empty({like.size(0), channels, height, width}, like.options(),
                         at::MemoryFormat::ChannelsLast);
    }

    at::Tensor run(const at::Tensor& x) {
        refresh();
        ConvolutionInput y = contract({to_input(x)});
        for (std::size_t skip = stages_.skips(); skip-- > 0;) {
            const std::size_t up = stages_.up(skip);
            const at::Tensor z = convolve_stage(up, y);
            if (recomputes(up + 1)) begin_merge(skip);
            normalise(up, z, merge_target(skip, skip_channels(skip)));
            y = {std::move(merged_[skip])};  // releases what was there
            y = plain(up + 1, std::move(y));
            y = plain(up + 2, std::move(y));
        }
        const std::size_t head = stages_.count();
        if (keeps(head) && !recomputes(head)) stages_.head.x = y;
        at::Tensor logits = head_forward(*fused_ops_, stages_.head, y.x, keeps(head));
        if (!training_) clear();
        return logits;
    }

    ConvolutionInput contract(ConvolutionInput y) {
        for (std::size_t block = 0; block <= stages_.skips(); ++block) {
            y = plain(2 * block, std::move(y));
            y = block == stages_.skips() ? plain(2 * block + 1, std::move(y))
                                         : ConvolutionInput{skip(block, y)};
        }
        return y;
    }

    /// Whether this pass keeps what the backward pass of a stage needs.
    [[nodiscard]] bool keeps(std::size_t stage) const { return training_ && stage >= first_; }

    at::Tensor convolve_stage(std::size_t i, const ConvolutionInput& x) {
        Stage& stage = stages_.all[i];
        at::Tensor z;
        if (i == 0) {
            RECORD_USER_SCOPE("msunet::convolution");
            z = fused_ops_->first_convolution(x.x, stage.convolution.kernel, stage.convolution.bias,
                                              stage.norm);
            stage.summed = fused_ops_->sums_in_first_convolution();
        } else {
            const bool with_sums = uses_batch_statistics(stage) && !fused_ops_->for_gpu();
            const Convolved result = convolve_and_sum(stage.convolution, x, !fused_ops_->for_gpu(),
                                                      with_sums ? stage.norm.sums : at::Tensor());
            z = result.z;
            stage.summed = result.summed;
        }
        if (keeps(i)) {
            if (!recomputes(i) || x.needs_norm()) stage.x = x;
            stage.z = z;
        }
        return z;
    }

    /// Whether a stage's input (index stages_.count(): the head's) is not kept, but recomputed in
    /// backward from the outputs of the convolutions before it. Pooled inputs are small and are
    /// kept.
    [[nodiscard]] bool recomputes(std::size_t i) const {
        if (!recomputing_ || (i < stages_.contracting() && i % 2 == 0)) return false;
        const auto skip = stages_.merge_before(i);
        return (skip ? Stages::across(*skip) : i - 1) >= first_;
    }

    /// Makes room for a merge and writes its first half, from an output that is kept.
    void begin_merge(std::size_t skip) {
        const Stage& across = stages_.all[Stages::across(skip)];
        merged_[skip] = empty_merge(skip, across.z);
        fused_ops_->norm_forward(across.z, across.norm, merge_target(skip, 0));
    }

    /// A stage's input in backward: the one that was kept, or one that is recomputed from the
    /// convolutions' outputs before it, which must not have become gradients yet.
    ConvolutionInput input_of(std::size_t i) {
        ConvolutionInput kept = std::move(i < stages_.count() ? stages_.all[i].x : stages_.head.x);
        return kept.x.defined() ? std::move(kept) : ConvolutionInput{recomputed(i)};
    }

    at::Tensor recomputed(std::size_t i) {
        const Stage& before = stages_.all[i - 1];
        if (const auto skip = stages_.merge_before(i)) {
            begin_merge(*skip);
            fused_ops_->norm_forward(before.z, before.norm,
                                     merge_target(*skip, skip_channels(*skip)));
            return std::move(merged_[*skip]);
        }
        at::Tensor y = empty(before.z, before.channels(), before.z.size(2), before.z.size(3));
        fused_ops_->norm_forward(before.z, before.norm, {.out = y});
        return y;
    }

    /// How many values of each channel the batch statistics of a stage are taken over.
    [[nodiscard]] std::int64_t count(const at::Tensor& z) const {
        const bool whole = options_.sync_batch_norm;
        return (whole ? context_.global_samples : samples_) * z.size(2) * z.size(3);
    }

    [[nodiscard]] bool reduces(const Stage& stage) const {
        return stage.norm.batch_statistics && options_.sync_batch_norm &&
               context_.collectives != nullptr && context_.collectives->active();
    }

    /// Whether this pass normalises a stage by the statistics of the batch.
    [[nodiscard]] bool uses_batch_statistics(const Stage& stage) const {
        return training_ && stage.norm.batch_statistics;
    }

    /// Makes the coefficients of a stage's BatchNorm.
    void prepare(std::size_t i, const at::Tensor& z) {
        const Stage& stage = stages_.all[i];
        Norm& norm = stages_.all[i].norm;
        if (!uses_batch_statistics(stage)) return fused_ops_->prepare_norm(norm, 0);
        if (!stage.summed && !reduces(stage)) {
            return fused_ops_->norm_statistics(z, norm, count(z));
        }
        if (!stage.summed) fused_ops_->relu_sums(z, norm);
        if (reduces(stage)) context_.collectives->sum(norm.sums);
        fused_ops_->prepare_norm(norm, count(z));
    }

    void normalise(std::size_t i, const at::Tensor& z, const Target& target) {
        prepare(i, z);
        fused_ops_->norm_forward(z, stages_.all[i].norm, target);
    }

    /// A stage whose output is what the next one reads, which may normalise it itself.
    ConvolutionInput plain(std::size_t i, ConvolutionInput x) {
        const at::Tensor z = convolve_stage(i, x);
        x = {};
        // On a GPU z lacks the bias.
        const bool can_wait = i + 1 < stages_.count() && !fused_ops_->for_gpu();
        if (can_wait && normalises_input(stages_.all[i + 1].convolution, z)) {
            prepare(i, z);
            return {z, stages_.all[i].norm.scale, stages_.all[i].norm.shift};
        }
        at::Tensor y = keeps(i) ? empty(z, z.size(1), z.size(2), z.size(3)) : z;
        normalise(i, z, {.out = y});
        return {y};
    }

    /// The second stage of a contracting block: pooled output, and the first part of its merge.
    at::Tensor skip(std::size_t block, const ConvolutionInput& x) {
        const std::size_t i = Stages::across(block);
        const at::Tensor z = convolve_stage(i, x);
        const std::int64_t height = z.size(2), width = z.size(3);
        if (!recomputes(stages_.up(block) + 1)) merged_[block] = empty_merge(block, z);
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
        return skip_channels(skip) + stages_.all[stages_.up(skip)].channels();
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

    /// Gradients of a stage's BatchNorm, and its correction.
    void prepare_backward(Stage& stage, const Source& source) {
        Norm& norm = stage.norm;
        if (!norm.batch_statistics && !stage.norm_trainable()) {
            return fused_ops_->prepare_norm_backward(norm, 0);
        }
        if (!reduces(stage)) {
            return fused_ops_->norm_backward_statistics(stage.z, source, norm, count(stage.z));
        }
        fused_ops_->norm_backward_sums(stage.z, source, norm);
        if (stage.norm_trainable()) fused_ops_->take_norm_gradients(norm);
        context_.collectives->sum(norm.sums);
        fused_ops_->prepare_norm_backward(norm, count(stage.z));
    }

    /// From the gradient of the stage's output: gradients of its weights, and of its input unless
    /// nothing below trains.
    at::Tensor stage_backward(std::size_t i, Source source) {
        Stage& stage = stages_.all[i];
        Norm& norm = stage.norm;
        prepare_backward(stage, source);
        const bool needed = i > first_;
        Convolution& convolution = stage.convolution;
        at::Tensor dx;
        if (needed || convolution.trainable()) {
            fused_ops_->norm_backward(stage.z, source, norm, convolution.bias_gradient);
            source = {};  // makes room for what follows
            if (i == 0) {
                RECORD_USER_SCOPE("msunet::convolution_backward");
                fused_ops_->first_convolution_backward(stage.x.x, stage.z,
                                                       convolution.kernel_gradient);
            } else {
                dx = convolve_backward(convolution, stage.z, input_of(i), needed, fused_ops_.get(),
                                       fused_ops_->for_gpu() ? &gradients_ : nullptr);
            }
        }
        stage.release();
        return dx;
    }

    void contract_backward(at::Tensor dy) {
        if (!dy.defined()) return;
        Source source{.gradient = std::move(dy)};
        for (std::size_t block = stages_.skips() + 1; block-- > 0;) {
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
        for (auto& stage : stages_.all) stage.release();
        for (std::size_t i = 0; i < stages_.skips(); ++i) {
            merged_[i] = bits_[i] = index_[i] = at::Tensor();
        }
        stages_.head.release();
        gradients_.clear();
    }

    void make_schedule() {
        if (!options_.sync_batch_norm) return;
        for (const auto size : stages_.sum_sizes(first_)) schedule_.emplace_back(size, at::kDouble);
    }

    DropoutRate rate_;
    Stages stages_;
    /// The lowest stage with a trainable tensor; nothing below it has a gradient.
    std::size_t first_ = 0;

    bool training_ = false;
    bool recomputing_ = false;  ///< see recomputes()
    bool is_fresh_ = false;     ///< `refresh` has run since the last `load`
    StepContext context_;
    std::int64_t samples_ = 0;
    /// By skip connection: concatenated input (in backward its gradient), dropout mask, pooling.
    std::vector<at::Tensor> merged_, bits_, index_;
    /// On a GPU: gradients of kernels, which are converted together at the end of backward.
    std::vector<KernelGradient> gradients_;
};

}  // namespace

std::unique_ptr<Network> make_fused_network(NetworkParts parts) {
    return std::make_unique<FusedNetwork>(std::move(parts));
}

}  // namespace msunet::model
