// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels without a GPU: NVRTC compiles them, and run on the host they agree with the CPU's
/// kernels.

#include <ATen/Context.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "gpu/batches.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "gpu/kernel_compiler.hpp"
#include "gpu/kernel_parameters.hpp"
#include "msunet/core/error.hpp"
#include "msunet/data/cut_batch.hpp"
#include "unit/gpu/adam_checks.hpp"
#include "unit/gpu/fused_ops_checks.hpp"
#include "unit/gpu/head_checks.hpp"
#include "unit/gpu/host_launcher.hpp"
#include "unit/gpu/kernel_usage.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

using testing::AnyOfArray;
using testing::Each;
using testing::Key;
using testing::SizeIs;

#define NAME_OF(kernel, Parameters) gpu::Parameters::name,
const std::vector<std::string> kernel_names{MSUNET_FOR_EACH_KERNEL(NAME_OF)};
#undef NAME_OF

/// Which kernels may take so many registers a thread that two blocks fit on a multiprocessor, not
/// four: those that hold most coefficients or sums, and Adam's divisions in float64.
bool is_large(const std::string& kernel) {
    static const std::set<std::string> large{
        gpu::NormPoolForward::name, gpu::NormBackwardSums::name,
        gpu::NormBackward::name,    gpu::FirstConvolution::name,
        gpu::LastConvolution::name, gpu::LastInput::name,
        gpu::ThinWeights::name,     gpu::Adam::name};
    return large.contains(kernel);
}

class CompiledKernels : public testing::TestWithParam<std::string> {};

TEST_P(CompiledKernels, FitInTheirRegistersWithoutSpills) {
    for (const std::string element : {"float", "double", "Bf16"}) {
        const auto usage = test::kernel_usage(gpu::compile_kernels(element, GetParam()));
        EXPECT_THAT(usage, SizeIs(kernel_names.size()));
        EXPECT_THAT(usage, Each(Key(AnyOfArray(kernel_names))));
        for (const auto& [kernel, use] : usage) {
            SCOPED_TRACE(element + " " + kernel);
            EXPECT_GT(use.registers, 0U);
            EXPECT_LE(use.registers, is_large(kernel) ? 128U : 64U);
            EXPECT_EQ(use.stack_bytes, 0U) << "registers are spilt";
            EXPECT_LE(use.shared_bytes, 24U << 10U) << "fewer blocks fit";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Architectures, CompiledKernels,
                         testing::Values("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"),
                         [](const auto& architecture) { return architecture.param; });

/// The folders of the libraries in this process whose names begin like this.
std::set<std::filesystem::path> folders_of_library(const std::string& name) {
    std::set<std::filesystem::path> folders;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const auto begin = line.find('/');
        if (begin == std::string::npos) continue;
        const std::filesystem::path file = line.substr(begin);
        if (file.filename().string().starts_with(name)) folders.insert(file.parent_path());
    }
    return folders;
}

// Otherwise they compile only where a CUDA toolkit is installed, too.
TEST(Kernels, AreCompiledWithTheLibrariesOfOneFolder) {
    static_cast<void>(gpu::compile_kernels("float", "sm_90"));
    EXPECT_THAT(folders_of_library("libnvrtc.so"), SizeIs(1));
    EXPECT_EQ(folders_of_library("libnvrtc-builtins.so"), folders_of_library("libnvrtc.so"));
}

TEST(Kernels, ShowTheCompilersMessages) {
    try {
        (void)gpu::compile_kernels("no_such_type", "sm_90");
        FAIL() << "it compiled";
    } catch (const core::Error& error) {
        EXPECT_NE(std::string(error.what()).find("no_such_type"), std::string::npos);
    }
    EXPECT_THROW((void)gpu::compile_kernels("float", "sm_1"), core::Error);
}

at::Tensor step_tensor(int step) { return at::full({1}, step, at::kInt); }

class HostKernels : public testing::TestWithParam<at::ScalarType> {};

TEST_P(HostKernels, FusedOpsAgreeWithTheCpu) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(0));
    test::expect_fused_ops_like_cpu(*fused_ops, at::kCPU, GetParam());
}

TEST_P(HostKernels, MasksEqualTheCpusBitForBit) {
    for (const int step : {0, 40}) {
        const auto fused_ops =
            gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(step));
        test::expect_masks_like_cpu(*fused_ops, at::kCPU, static_cast<std::uint32_t>(step));
    }
}

TEST_P(HostKernels, SumsDependNeitherOnTheOrderOfBlocksNorOnEarlierKernels) {
    const auto sums_of = [&](model::FusedOps& fused_ops) {
        at::manual_seed(1);
        const test::Case c{true, true, true, 64, 64, true, true};
        const at::Tensor z = test::image(64, c.side, GetParam());
        const at::Tensor dy = test::image(128, c.side, GetParam());
        const at::Tensor dp = test::image(64, c.side / 2, GetParam());
        model::Norm norm = test::random_norm(GetParam());
        norm.bias = at::randn({64}, norm.gamma.options());
        const auto run = test::run_stage(fused_ops, at::kCPU, c, norm, z, dy, dp, {}, {});
        return at::cat({run.norm.sums.view({-1}), run.norm.scale, run.norm.shift,
                        run.norm.moving_variance, run.norm.gamma_gradient, run.norm.beta_gradient,
                        run.norm.correction.view({-1}), run.bias});
    };
    const auto make = [&](test::BlockOrder order) {
        return gpu::make_cuda_fused_ops(test::host_launcher(GetParam(), order), at::kCPU,
                                        step_tensor(0));
    };
    const auto forwards = make(test::BlockOrder::forwards);
    const at::Tensor first = sums_of(*forwards);
    EXPECT_GT(first.abs().min().item<double>(), 0);
    EXPECT_TRUE(sums_of(*forwards).equal(first)) << "counters are not back at 0";
    EXPECT_TRUE(sums_of(*make(test::BlockOrder::backwards)).equal(first));
}

TEST_P(HostKernels, KernelsOfUpSamplingAreConvertedAsByAten) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(0));
    const auto aten = model::make_aten_fused_ops();
    const auto master = test::random_norm(GetParam()).gamma.options();
    const at::Tensor kernel = at::randn({64, 2, 2, 96}, master);
    const at::Tensor widened = fused_ops->widened_kernel(kernel, GetParam());
    ASSERT_EQ(widened.sizes(), at::IntArrayRef({96, 64, 3, 3}));
    EXPECT_TRUE(widened.is_contiguous(at::MemoryFormat::ChannelsLast));
    test::expect_near(widened, aten->widened_kernel(kernel, GetParam()), GetParam(), "widened");
    const at::Tensor gradient =
        at::randn({96, 64, 3, 3}).to(GetParam()).contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor narrowed = at::zeros_like(kernel), want = at::zeros_like(kernel);
    fused_ops->narrow_gradient(gradient, narrowed);
    aten->narrow_gradient(gradient, want);
    test::expect_near(narrowed, want, master.dtype().toScalarType(), "narrowed");
}

TEST_P(HostKernels, TheFirstConvolutionAgreesWithAten) {
    for (const auto order : {test::BlockOrder::forwards, test::BlockOrder::backwards}) {
        const auto fused_ops = gpu::make_cuda_fused_ops(test::host_launcher(GetParam(), order),
                                                        at::kCPU, step_tensor(0));
        test::expect_first_convolution_like_aten(*fused_ops, at::kCPU, GetParam());
    }
}

TEST_P(HostKernels, TheLastConvolutionAgreesWithAten) {
    for (const auto order : {test::BlockOrder::forwards, test::BlockOrder::backwards}) {
        const auto fused_ops = gpu::make_cuda_fused_ops(test::host_launcher(GetParam(), order),
                                                        at::kCPU, step_tensor(0));
        test::expect_last_convolution_like_aten(*fused_ops, at::kCPU, GetParam());
    }
}

TEST_P(HostKernels, GradientsOfKernelsAreConverted) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(0));
    test::expect_gradients_to_be_taken(*fused_ops, at::kCPU, GetParam());
}

TEST_P(HostKernels, AdamAgreesWithTheCpus) {
    test::expect_adam_like_cpu(*test::host_launcher(GetParam()), at::kCPU, GetParam());
}

TEST_P(HostKernels, TheHeadAgreesWithAten) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(0));
    test::expect_head_like_aten(*fused_ops, at::kCPU, GetParam());
    test::expect_head_of_nothing(*fused_ops, at::kCPU, GetParam());
}

TEST_P(HostKernels, LossesAgreeWithTheObjective) {
    test::expect_loss_like_objective(test::host_launcher(GetParam()), at::kCPU, GetParam());
}

TEST_P(HostKernels, HeadAndLossDoNotDependOnTheOrderOfBlocks) {
    at::manual_seed(1);
    const auto c = test::loss_case(GetParam(), test::samples, 80);
    const at::Tensor z = test::image(2, 80, GetParam());
    const auto weights = test::random_head(GetParam(), true);
    const auto results = [&](test::BlockOrder order) {
        const auto launcher = test::host_launcher(GetParam(), order);
        const auto fused_ops = gpu::make_cuda_fused_ops(launcher, at::kCPU, step_tensor(0));
        const auto run = test::run_head(*fused_ops, at::kCPU, weights, z, c.logits, true);
        std::vector<at::Tensor> all{run.weights.score_gradient.view({-1}),
                                    run.weights.score_bias_gradient, run.weights.bias_gradient};
        for (const auto& [name, kind] : test::sigmoid_losses) {
            const at::Tensor sums = at::full({5}, 0, at::kDouble);
            const gpu::LossKernels loss(launcher, kind, at::kCPU);
            all.push_back(loss.evaluate(c.logits, c.targets, c.weights, 3, sums, true).view({-1}));
            all.push_back(sums);
        }
        return at::cat(all);
    };
    const at::Tensor first = results(test::BlockOrder::forwards);
    EXPECT_TRUE(results(test::BlockOrder::backwards).equal(first));
}

TEST_P(HostKernels, AnEmptyPartHasZeroSums) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), at::kCPU, step_tensor(0));
    const at::Tensor none = at::empty({0, test::channels, 8, 8}, GetParam());
    model::Norm norm = test::random_norm(GetParam());
    norm.sums.fill_(1);
    fused_ops->relu_sums(none, norm);
    EXPECT_EQ(norm.sums.abs().max().item<double>(), 0);
    norm.sums.fill_(1);
    fused_ops->norm_backward_sums(none, {.gradient = none}, norm);
    EXPECT_EQ(norm.sums.abs().max().item<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(Types, HostKernels,
                         testing::Values(at::kFloat, at::kDouble, at::kBFloat16),
                         [](const auto& type) { return std::string(c10::toString(type.param)); });

TEST(Batches, AreCutAsOnTheCpu) {
    // Patches of 20×20, padded to 32, so that there is an edge.
    const data::Dataset dataset = test::blobs();
    const data::PatchIndex index(dataset, {.fractional = true, .fraction = 0.65});
    ASSERT_GT(index.padded_width(), index.windows()[0].width);
    std::vector<float> weights(index.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = 6;
    const unet::Architecture architecture = unet::published_architecture();
    gpu::Batches batches({.architecture = architecture,
                          .dataset = dataset,
                          .index = index,
                          .hyperparameters = hyperparameters,
                          .start_weights = {},
                          .sample_weights = weights},
                         test::host_launcher(at::kFloat), gpu::upload(dataset, at::kCPU), at::kCPU);
    for (const std::vector<std::uint32_t>& ids :
         {std::vector<std::uint32_t>{5, 0, 17, 3, 9, 11}, std::vector<std::uint32_t>{2, 16}}) {
        batches.choose(ids);
        const auto n = static_cast<std::int64_t>(ids.size());
        batches.cut(n);
        at::Tensor x = at::empty({n, index.padded_height(), index.padded_width()});
        at::Tensor y = at::empty_like(x);
        data::cut_batch(dataset, index, ids, x.mutable_data_ptr<float>(),
                        y.mutable_data_ptr<float>());
        EXPECT_TRUE(batches.x(n).equal(x));
        EXPECT_TRUE(batches.y(n).equal(y));
        for (std::size_t i = 0; i < ids.size(); ++i) {
            EXPECT_EQ(batches.weights(n)[static_cast<std::int64_t>(i)].item<float>(),
                      weights[ids[i]]);
        }
    }
}

}  // namespace
}  // namespace msunet
