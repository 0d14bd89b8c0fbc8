// SPDX-License-Identifier: Apache-2.0
/// \file
/// The convolutions of the network, without its first and its last, at 64×64 pixels and 32 samples:
/// forward, and backward with the gradients of input and kernel.

#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <utility>

#include "model/convolution.hpp"

namespace msunet::model {
namespace {

constexpr std::int64_t images = 32, full_side = 64;

struct Layer {
    const char* name;
    std::int64_t in, out;
    std::int64_t reduction;  ///< side of the input: 64 / reduction
    ConvolutionKind kind = ConvolutionKind::same;
};

constexpr std::array<Layer, 21> network{{
    {"conv1_2", 32, 32, 1},
    {"conv2_1", 32, 64, 2},
    {"conv2_2", 64, 64, 2},
    {"conv3_1", 64, 96, 4},
    {"conv_3_2", 96, 96, 4},
    {"conv4_1", 96, 128, 8},
    {"conv4_2", 128, 128, 8},
    {"conv5_1", 128, 256, 16},
    {"conv5_2", 256, 256, 16},
    {"up6", 256, 128, 16, ConvolutionKind::up},
    {"conv6_1", 256, 128, 8},
    {"conv6_2", 128, 128, 8},
    {"up7", 128, 96, 8, ConvolutionKind::up},
    {"conv7_1", 192, 96, 4},
    {"conv7_2", 96, 96, 4},
    {"up8", 96, 64, 4, ConvolutionKind::up},
    {"conv8_1", 128, 64, 2},
    {"conv8_2", 64, 64, 2},
    {"up9", 64, 32, 2, ConvolutionKind::up},
    {"conv9_1", 64, 32, 1},
    {"conv9_2", 32, 32, 1},
}};

at::Tensor image(std::int64_t channels, std::int64_t size, at::ScalarType type) {
    return at::randn({images, channels, size, size})
        .to(type)
        .contiguous(at::MemoryFormat::ChannelsLast);
}

struct Tensors {
    Tensors(const Layer& layer, at::ScalarType type)
        : x(image(layer.in, full_side / layer.reduction, type)), convolution{.kind = layer.kind} {
        const std::int64_t taps = layer.kind == ConvolutionKind::up ? 2 : 3;
        convolution.kernel = at::randn({layer.out, taps, taps, layer.in});
        convolution.kernel_gradient = at::zeros(convolution.kernel.sizes());
        convolution.bias = at::zeros({layer.out});
        convolution.refresh(type);
    }

    at::Tensor x;
    Convolution convolution;
};

void forward(benchmark::State& state, const Layer& layer, at::ScalarType type) {
    const Tensors tensors(layer, type);
    for (auto _ : state) benchmark::DoNotOptimize(convolve(tensors.convolution, tensors.x));
}

void backward(benchmark::State& state, const Layer& layer, at::ScalarType type) {
    const Tensors tensors(layer, type);
    const auto z = convolve(tensors.convolution, tensors.x);
    const auto gradient = image(z.size(1), z.size(2), type);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            convolve_backward(tensors.convolution, gradient, {tensors.x}, true));
    }
}

template <class F>
void add(const std::string& name, F run, const Layer& layer, at::ScalarType type) {
    benchmark::RegisterBenchmark(("convolution/" + name + '/' + layer.name).c_str(), run, layer,
                                 type)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

[[maybe_unused]] const bool registered = [] {
    for (const auto& layer : network) {
        for (const auto& [type, name] :
             {std::pair{at::kFloat, "float32"}, std::pair{at::kBFloat16, "bf16"}}) {
            add(std::string("forward/") + name, forward, layer, type);
            add(std::string("backward/") + name, backward, layer, type);
        }
    }
    return true;
}();

}  // namespace
}  // namespace msunet::model
