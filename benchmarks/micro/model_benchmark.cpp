// SPDX-License-Identifier: Apache-2.0
/// \file
/// The rest of a training step at 64×64 pixels and 32 samples: the fused operations of the widest
/// stage, dropout masks, loss, optimizer. The number of threads is OMP_NUM_THREADS.

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "msunet/model/dropout.hpp"
#include "msunet/model/fused_ops.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/model/optimizer.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

constexpr std::int64_t samples = 32, channels = 32, side = 64;

/// The tensors that the fused operations of one stage read and write.
struct StageTensors {
    explicit StageTensors(at::ScalarType type)
        : z(image(channels).to(type)), out(image(channels).to(type)), merged(image(64).to(type)) {
        norm.gamma = at::randn({channels});
        norm.beta = at::randn({channels});
        norm.moving_mean = at::zeros({channels});
        norm.moving_variance = at::ones({channels});
        norm.gamma_gradient = at::zeros({channels});
        norm.beta_gradient = at::zeros({channels});
        norm.sums = at::zeros({2, channels}, at::kDouble);
        norm.mean = at::zeros({channels}, at::kDouble);
        norm.inverse = at::zeros({channels}, at::kDouble);
        norm.scale = at::zeros({channels});
        norm.shift = at::zeros({channels});
        norm.correction = at::zeros({2, channels});
        bits = at::empty({samples, side * side * 64 / 32}, at::kInt);
        fused_ops->dropout_mask(bits, DropoutRate(0.5), {1, 0}, 0, 0);
    }

    static at::Tensor image(std::int64_t c) {
        return at::randn({samples, c, side, side}).contiguous(at::MemoryFormat::ChannelsLast);
    }

    std::unique_ptr<FusedOps> fused_ops = make_cpu_fused_ops();
    at::Tensor z, out, merged, bits;
    Norm norm;
};

constexpr std::int64_t values = samples * side * side;

void stage_forward(benchmark::State& state, at::ScalarType type) {
    StageTensors t(type);
    for (auto _ : state) {
        t.fused_ops->relu_sums(t.z, t.norm);
        t.fused_ops->prepare_norm(t.norm, values);
        t.fused_ops->norm_forward(t.z, t.norm, {.out = t.out});
    }
}

/// The same into the second half of a concatenation, with dropout.
void stage_forward_merged(benchmark::State& state, at::ScalarType type) {
    StageTensors t(type);
    for (auto _ : state) {
        t.fused_ops->relu_sums(t.z, t.norm);
        t.fused_ops->prepare_norm(t.norm, values);
        t.fused_ops->norm_forward(
            t.z, t.norm, {.out = t.merged, .offset = channels, .bits = t.bits, .keep_scale = 2});
    }
}

void stage_backward(benchmark::State& state, at::ScalarType type) {
    StageTensors t(type);
    t.fused_ops->relu_sums(t.z, t.norm);
    t.fused_ops->prepare_norm(t.norm, values);
    const at::Tensor bias_gradient = at::zeros({channels});
    for (auto _ : state) {
        const Source source{.gradient = t.out};
        t.fused_ops->norm_backward_sums(t.z, source, t.norm);
        t.fused_ops->take_norm_gradients(t.norm);
        t.fused_ops->prepare_norm_backward(t.norm, values);
        t.fused_ops->norm_backward(t.z, source, t.norm, bias_gradient);
    }
}

/// Forward, and backward with both gradients.
void last_convolution(benchmark::State& state, at::ScalarType type) {
    StageTensors t(type);
    const at::Tensor weights = at::randn({2, 3, 3, channels}), bias = at::randn({2});
    const at::Tensor weights_gradient = at::zeros(weights.sizes());
    for (auto _ : state) {
        const at::Tensor z = t.fused_ops->last_convolution(t.z, weights, bias);
        benchmark::DoNotOptimize(
            t.fused_ops->last_convolution_backward(t.z, z, weights, weights_gradient, true));
    }
}

void dropout_mask(benchmark::State& state, double rate) {
    StageTensors t(at::kFloat);
    std::uint32_t step = 0;
    for (auto _ : state) t.fused_ops->dropout_mask(t.bits, DropoutRate(rate), {1, ++step}, 0, 0);
    state.SetItemsProcessed(state.iterations() * t.bits.numel() * 32);
}

void loss(benchmark::State& state, const char* name) {
    const Objective objective(name, "sigmoid");
    const auto logits = at::randn({samples, side, side});
    const auto truth = at::rand({samples, side, side}).round();
    const auto weights = at::ones({samples});
    for (auto _ : state) {
        benchmark::DoNotOptimize(objective.evaluate(logits, truth, weights, samples, true));
    }
}

void optimizer_step(benchmark::State& state, const char* name) {
    const auto architecture = unet::published_architecture();
    const auto weights = unet::initial_weights(architecture, 1);
    const auto network = make_network({.architecture = architecture, .weights = weights});
    const auto optimizer = Optimizer::make(name, network->parameters());
    network->parameters().gradients().fill_(1e-3);
    for (auto _ : state) optimizer->step(1e-3);
    state.SetItemsProcessed(state.iterations() * network->parameters().size());
}

template <class F, class... Arguments>
void add(const std::string& name, F&& run, Arguments&&... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), std::forward<F>(run),
                                 std::forward<Arguments>(arguments)...)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

void register_all() {
    for (const auto& [type, suffix] :
         {std::pair{at::kFloat, "float32"}, std::pair{at::kBFloat16, "bf16"}}) {
        add(std::string("relu_and_norm/forward/") + suffix, stage_forward, type);
        add(std::string("relu_and_norm/forward_merged_with_dropout/") + suffix,
            stage_forward_merged, type);
        add(std::string("relu_and_norm/backward/") + suffix, stage_backward, type);
        add(std::string("last_convolution/") + suffix, last_convolution, type);
    }
    add("dropout_mask/0.5", dropout_mask, 0.5);
    add("dropout_mask/0.3", dropout_mask, 0.3);
    add("loss/dice", loss, "dice_coef_loss");
    add("loss/binary_crossentropy", loss, "binary_crossentropy");
    add("optimizer/Adam", optimizer_step, "Adam");
    add("optimizer/SGD", optimizer_step, "SGD");
}

}  // namespace
}  // namespace msunet::model

int main(int argc, char** argv) {
    msunet::model::keep_freed_memory();
    msunet::model::register_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
