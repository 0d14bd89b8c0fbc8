// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels without a GPU: NVRTC compiles them, and run on the host they agree with the CPU's
/// kernels.

#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gpu/batches.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "gpu/kernel_compiler.hpp"
#include "msunet/core/error.hpp"
#include "msunet/data/cut_batch.hpp"
#include "unit/gpu/fused_ops_checks.hpp"
#include "unit/gpu/host_launcher.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

TEST(Kernels, CompileForAmpereAndHopper) {
    for (const std::string element : {"float", "double", "Bf16"}) {
        for (const std::string architecture : {"sm_80", "sm_90"}) {
            const auto code = gpu::compile_kernels(element, architecture);
            // An ELF file for the GPU.
            ASSERT_GT(code.size(), 1000U);
            EXPECT_EQ(std::string(code.data() + 1, 3), "ELF");
        }
    }
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
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), step_tensor(0));
    test::expect_fused_ops_like_cpu(*fused_ops, at::kCPU, GetParam());
}

TEST_P(HostKernels, MasksEqualTheCpusBitForBit) {
    for (const int step : {0, 40}) {
        const auto fused_ops =
            gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), step_tensor(step));
        test::expect_masks_like_cpu(*fused_ops, at::kCPU, static_cast<std::uint32_t>(step));
    }
}

TEST_P(HostKernels, AnEmptyPartHasZeroSums) {
    const auto fused_ops =
        gpu::make_cuda_fused_ops(test::host_launcher(GetParam()), step_tensor(0));
    const at::Tensor none = at::empty({0, test::channels, 8, 8}, GetParam());
    model::Norm norm = test::random_norm(GetParam());
    norm.sums.fill_(1);
    fused_ops->relu_sums(none, norm);
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
