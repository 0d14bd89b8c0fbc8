// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a training step on a GPU starts and moves, counted in a run of the same step on the host:
/// our kernels, and libtorch's operators that do some work, each of which is taken for one node of
/// the captured graph. What cuDNN adds of its own is not seen.

#include <ATen/record_function.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/kernel_parameters.hpp"
#include "unit/gpu/host_engine.hpp"
#include "unit/gpu/host_launcher.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

constexpr std::int64_t batch = 6, side = 32, element = 2;

/// Operators that start nothing: views and allocations.
bool is_free(std::string_view name) {
    static const std::set<std::string_view> names{"aten::alias",
                                                  "aten::as_strided",
                                                  "aten::detach",
                                                  "aten::empty",
                                                  "aten::empty_like",
                                                  "aten::expand",
                                                  "aten::empty_strided",
                                                  "aten::narrow",
                                                  "aten::permute",
                                                  "aten::reshape",
                                                  "aten::resize_",
                                                  "aten::select",
                                                  "aten::slice",
                                                  "aten::squeeze",
                                                  "aten::t",
                                                  "aten::to",
                                                  "aten::transpose",
                                                  "aten::unsqueeze",
                                                  "aten::view",
                                                  "aten::_unsafe_view",
                                                  "aten::contiguous",
                                                  "aten::_reshape_alias",
                                                  "aten::result_type"};
    return names.contains(name);
}

bool overwrites_first(std::string_view name) {
    return name == "aten::copy_" || name == "aten::fill_" || name == "aten::zero_";
}

/// Bytes of an activation; 0 of other values. Activations have samples or pixels first.
double activation_bytes(const c10::IValue& value) {
    if (!value.isTensor() || !value.toTensor().defined()) return 0;
    const at::Tensor& tensor = value.toTensor();
    if (tensor.dim() == 0 || tensor.numel() == 0) return 0;
    const auto first = tensor.size(0);
    if (first != batch && first != batch * side * side) return 0;
    return static_cast<double>(tensor.numel() * tensor.element_size());
}

/// Counts while it exists.
class Meter {
public:
    Meter() {
        current = this;
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(begin, end)
                                                 .needsInputs(true)
                                                 .needsOutputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}));
    }
    ~Meter() {
        at::removeCallback(handle_);
        current = nullptr;
    }
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;

    static void on_kernel(std::string_view name, const void* parameters) {
        if (current == nullptr) return;
        ++current->nodes["our " + std::string(name)];
        const double bytes = kernel_bytes(name, parameters);
        current->bytes += bytes;
        if (name == gpu::ReluSums::name || name == gpu::FirstConvolution::name) {
            current->stage_bytes += bytes;
        }
    }

    std::map<std::string, int> nodes;
    double bytes = 0;        ///< of activations, read and written
    double stage_bytes = 0;  ///< of the stages' outputs, each once

    [[nodiscard]] int count() const {
        int all = 0;
        for (const auto& [name, number] : nodes) all += number;
        return all;
    }

private:
    struct Call final : at::ObserverContext {
        Call* caller = nullptr;
        bool has_calls = false;
        std::vector<double> inputs{};                    ///< activation bytes of each
        bool has_bias = false;                           ///< of a convolution
        bool wants_input = false, wants_kernel = false;  ///< of a convolution's gradients
    };

    /// Whether an operator is counted as it is, whatever it calls on the CPU.
    static bool is_opaque(std::string_view name) {
        return is_convolution(name) || name == "aten::sum" || name == "aten::mm" ||
               name == "aten::addmv_" || name == "aten::relu_";
    }

    static bool is_convolution(std::string_view name) {
        return name == "aten::convolution" || name == "aten::convolution_backward";
    }

    /// Inputs live only at the beginning of a call.
    static std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
        auto call = std::make_unique<Call>();
        const std::string_view name = function.name();
        const auto inputs = function.inputs();
        for (const auto& input : inputs) call->inputs.push_back(activation_bytes(input));
        if (name == "aten::convolution") {
            call->has_bias = inputs[2].isTensor() && inputs[2].toTensor().defined();
        }
        if (name == "aten::convolution_backward") {
            const auto wanted = inputs[10].toBoolList();
            call->wants_input = wanted[0];
            call->wants_kernel = wanted[1];
        }
        call->caller = current->innermost_;
        if (call->caller != nullptr && !is_free(name)) call->caller->has_calls = true;
        current->innermost_ = call.get();
        if (is_opaque(name) && current->opaque_ == nullptr) current->opaque_ = call.get();
        return call;
    }

    static void end(const at::RecordFunction& function, at::ObserverContext* context) {
        const auto* call = static_cast<Call*>(context);
        current->innermost_ = call->caller;
        const std::string name = function.name();
        double written = 0;
        for (const auto& output : function.outputs()) written += activation_bytes(output);
        const bool whole = current->opaque_ == call;
        if (whole) current->opaque_ = nullptr;
        if (whole && is_convolution(name)) {
            current->add_convolution(name, *call, written);
        } else if (whole || (current->opaque_ == nullptr && !call->has_calls && !is_free(name))) {
            ++current->nodes[name];
            current->bytes += written;
            for (std::size_t i = overwrites_first(name) ? 1 : 0; i < call->inputs.size(); ++i) {
                current->bytes += call->inputs[i];
            }
        }
    }

    /// cuDNN's operations, and ATen's addition of the bias.
    void add_convolution(const std::string& name, const Call& call, double written) {
        if (name == "aten::convolution") {
            ++nodes["convolution"];
            bytes += call.inputs[0] + written;
            if (!call.has_bias) return;
            ++nodes["bias of a convolution"];
            bytes += 2 * written;
            return;
        }
        if (call.wants_input) {
            ++nodes["convolution, input's gradient"];
            bytes += call.inputs[0] + written;
        }
        if (call.wants_kernel) {
            ++nodes["convolution, kernel's gradient"];
            bytes += call.inputs[0] + call.inputs[1];
        }
    }

    static double gradient_bytes(const gpu::GradientParts& source, double numbers) {
        double bytes = 0;
        if (source.gradient != nullptr) bytes += numbers * element;
        if (source.bits != nullptr) bytes += numbers / 8;
        if (source.pooled != nullptr) bytes += numbers / 4 * (element + 1);
        return bytes;
    }

    static double forward_bytes(const gpu::NormForward& p) {
        const double numbers = static_cast<double>(p.pixels) * p.channels;
        return numbers * element * (p.out != nullptr ? 2 : 1) +
               (p.bits != nullptr ? numbers / 8 : 0);
    }

    /// Of the kernels of the network's first and last operations; logits, masks and their gradients
    /// are float32.
    static std::optional<double> thin_bytes(std::string_view name, const void* parameters) {
        constexpr double wide = 4;
        if (name == gpu::FirstConvolution::name) {
            const auto& p = *static_cast<const gpu::FirstConvolution*>(parameters);
            return static_cast<double>(p.images.pixels) * (p.channels + 1) * element;
        }
        if (name == gpu::ThinWeights::name) {
            const auto& p = *static_cast<const gpu::ThinWeights*>(parameters);
            // Each row of blocks reads all channels.
            return static_cast<double>(p.images.pixels) * p.thin_channels *
                   (gpu::smallest_slab + 1) * element;
        }
        constexpr double of_last = (gpu::smallest_slab + gpu::head_channels) * element;
        if (name == gpu::LastConvolution::name) {
            return static_cast<const gpu::LastConvolution*>(parameters)->images.pixels * of_last;
        }
        if (name == gpu::LastInput::name) {
            return static_cast<const gpu::LastInput*>(parameters)->images.pixels * of_last;
        }
        if (name == gpu::HeadForward::name) {
            const auto& p = *static_cast<const gpu::HeadForward*>(parameters);
            return p.pixels * (2 * element + wide);
        }
        if (name == gpu::HeadBackward::name) {
            const auto& p = *static_cast<const gpu::HeadBackward*>(parameters);
            return p.pixels * ((p.writes ? 4 : 2) * element + wide);
        }
        if (name == gpu::EvaluateLoss::name) {
            const auto& p = *static_cast<const gpu::EvaluateLoss*>(parameters);
            return wide * p.samples * p.pixels * (p.gradient != nullptr ? 3 : 2);
        }
        if (name == gpu::DiceGradient::name) {
            const auto& p = *static_cast<const gpu::DiceGradient*>(parameters);
            return wide * p.samples * p.pixels * 3;
        }
        return std::nullopt;
    }

    static double kernel_bytes(std::string_view name, const void* parameters) {
        if (name == gpu::DropoutMask::name) {
            const auto& p = *static_cast<const gpu::DropoutMask*>(parameters);
            return static_cast<double>(p.samples * p.words) * 4;
        }
        if (const auto bytes = thin_bytes(name, parameters)) return *bytes;
        if (name == gpu::ReluSums::name) {
            const auto& p = *static_cast<const gpu::ReluSums*>(parameters);
            return static_cast<double>(p.pixels) * p.norm.channels * element;
        }
        if (name == gpu::NormForward::name) {
            return forward_bytes(*static_cast<const gpu::NormForward*>(parameters));
        }
        if (name == gpu::NormPoolForward::name) {
            const auto& p = *static_cast<const gpu::NormPoolForward*>(parameters);
            return forward_bytes(p.norm) +
                   static_cast<double>(p.norm.pixels) * p.norm.channels / 4 * (element + 1);
        }
        if (name == gpu::NormBackwardSums::name) {
            const auto& p = *static_cast<const gpu::NormBackwardSums*>(parameters);
            const double numbers = static_cast<double>(p.pixels) * p.norm.channels;
            return numbers * element + gradient_bytes(p.source, numbers);
        }
        if (name == gpu::NormBackward::name) {
            const auto& p = *static_cast<const gpu::NormBackward*>(parameters);
            const double numbers = static_cast<double>(p.pixels) * p.channels;
            return 2 * numbers * element + gradient_bytes(p.source, numbers);
        }
        return 0;
    }

    inline static Meter* current = nullptr;
    at::CallbackHandle handle_{};
    Call* innermost_ = nullptr;
    Call* opaque_ = nullptr;
};

/// One step in bf16 with Adam.
void run_step(const std::function<void(const std::function<void()>&)>& around) {
    const test::SmallTrial place("step_cost");
    const auto dataset = test::blobs();
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = batch;
    const std::vector<float> sample_weights(place.index().size(), 1.0F);
    const train::EngineSpec spec{.architecture = place.architecture(),
                                 .dataset = dataset,
                                 .index = place.index(),
                                 .hyperparameters = hyperparameters,
                                 .start_weights = place.weights(),
                                 .sample_weights = sample_weights,
                                 .precision = model::Precision::bf16};
    test::HostEngine engine(
        spec, test::host_launcher(at::kBFloat16, test::BlockOrder::forwards, Meter::on_kernel),
        around);
    const std::vector<std::uint32_t> samples{0, 1, 2, 3, 4, 5};
    engine.train({.samples = samples, .first = 0, .global = batch}, 0, 1e-3, 0);
    EXPECT_EQ(engine.failure(), "");
}

TEST(StepCost, NodesAndPassesAreWithinTheirLimits) {
    std::map<std::string, int> nodes;
    double passes = 0;
    int counted = 0;
    run_step([&](const auto& part) {
        const Meter meter;
        part();
        nodes = meter.nodes;
        passes = meter.bytes / meter.stage_bytes;
        counted = meter.count();
    });
    std::cout << "A training step on a GPU, counted on the host, not measured: " << counted
              << " graph nodes, " << passes << " passes over the stages' outputs\n";
    for (const auto& [name, count] : nodes) std::cout << "  " << count << " × " << name << '\n';
    EXPECT_EQ(nodes["convolution"], 21) << "not all of the step was counted";
    EXPECT_EQ(nodes["convolution, kernel's gradient"], 21);
    for (const auto* once : {"our head_forward", "our evaluate_loss", "our dice_gradient",
                             "our head_backward", "our take_gradients", "our adam"}) {
        EXPECT_EQ(nodes[once], 1) << once;
    }
    EXPECT_LE(counted, 177);
    EXPECT_GT(passes, 10);
    EXPECT_LE(passes, 14.5);
}

}  // namespace
}  // namespace msunet
