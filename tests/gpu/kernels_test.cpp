// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels on a GPU agree with the CPU's kernels.

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <memory>

#include "gpu/accelerator.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "gpu/kernel_library.hpp"
#include "unit/gpu/adam_checks.hpp"
#include "unit/gpu/fused_ops_checks.hpp"
#include "unit/gpu/head_checks.hpp"

namespace msunet {
namespace {

class DeviceKernels : public testing::TestWithParam<model::Precision> {
protected:
    void SetUp() override {
        if (test::accelerator() == nullptr) GTEST_SKIP() << "no GPU answers";
    }
    static at::ScalarType type() {
        if (GetParam() == model::Precision::float64) return at::kDouble;
        return GetParam() == model::Precision::bf16 ? at::kBFloat16 : at::kFloat;
    }
    static std::unique_ptr<model::FusedOps> fused_ops(int step) {
        return gpu::make_cuda_fused_ops(
            std::make_shared<gpu::KernelLibrary>(GetParam()), at::kCUDA,
            at::full({1}, step, at::TensorOptions(at::kCUDA).dtype(at::kInt)));
    }
};

TEST_P(DeviceKernels, FusedOpsAgreeWithTheCpu) {
    test::expect_fused_ops_like_cpu(*fused_ops(0), at::kCUDA, type());
}

TEST_P(DeviceKernels, TheHeadAgreesWithAten) {
    test::expect_head_like_aten(*fused_ops(0), at::kCUDA, type());
    test::expect_head_of_nothing(*fused_ops(0), at::kCUDA, type());
}

TEST_P(DeviceKernels, LossesAgreeWithTheObjective) {
    test::expect_loss_like_objective(std::make_shared<gpu::KernelLibrary>(GetParam()), at::kCUDA,
                                     type());
}

TEST_P(DeviceKernels, TheFirstConvolutionAgreesWithAten) {
    test::expect_first_convolution_like_aten(*fused_ops(0), at::kCUDA, type());
}

TEST_P(DeviceKernels, TheLastConvolutionAgreesWithAten) {
    test::expect_last_convolution_like_aten(*fused_ops(0), at::kCUDA, type());
}

TEST_P(DeviceKernels, GradientsOfKernelsAreConverted) {
    test::expect_gradients_to_be_taken(*fused_ops(0), at::kCUDA, type());
}

TEST_P(DeviceKernels, AdamAgreesWithTheCpus) {
    test::expect_adam_like_cpu(gpu::KernelLibrary(GetParam()), at::kCUDA, type());
}

TEST_P(DeviceKernels, MasksEqualTheCpusBitForBit) {
    test::expect_masks_like_cpu(*fused_ops(40), at::kCUDA, 40);
}

INSTANTIATE_TEST_SUITE_P(Precisions, DeviceKernels,
                         testing::Values(model::Precision::float32, model::Precision::float64,
                                         model::Precision::bf16),
                         [](const auto& precision) {
                             return std::string(core::name_of(precision.param));
                         });

}  // namespace
}  // namespace msunet
