// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares the GPU's update by Adam with the CPU's: on the host in a unit test, on a GPU where
/// there is one.
#pragma once

#include <ATen/ops/empty_like.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "gpu/adam.hpp"
#include "gpu/kernel_launcher.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/model/optimizer.hpp"
#include "unit/gpu/fused_ops_checks.hpp"

namespace msunet::test {

/// For kernels of the element type `type`. Sizes that fill whole accesses and such that don't.
inline void expect_adam_like_cpu(const gpu::KernelLauncher& kernels, at::Device device,
                                 at::ScalarType type) {
    const auto master = master_of(type);
    for (const char* name : {"Adam", "AdamW"}) {
        for (const std::int64_t size : {1, 3, 1024, 4099}) {
            SCOPED_TRACE(testing::Message() << name << " of " << size << " values");
            const auto make = [&](at::Device on) {
                return model::FlatParameters({{.name = "w", .shape = {size}}},
                                             at::TensorOptions(on).dtype(master));
            };
            model::FlatParameters want = make(at::kCPU), got = make(device);
            const at::Tensor start = at::randn({size}, master);
            want.values().copy_(start);
            got.values().copy_(start);
            at::Tensor copies;
            if (type != master) copies = at::empty_like(got.values(), type);
            const auto on_cpu = model::Optimizer::make(name, want),
                       on_device = model::Optimizer::make(name, got);
            for (const double rate : {0.1, 0.02, 0.003}) {
                const at::Tensor gradient = at::randn({size}, master);
                want.gradients().copy_(gradient);
                got.gradients().copy_(gradient);
                on_cpu->step(rate);
                on_device->prepare(rate);
                gpu::update_by_adam(kernels, on_device->adam_update().value(), copies);
            }
            EXPECT_GT((want.values() - start).abs().min().item<double>(), 0);
            expect_near(got.values(), want.values(), master, "values");
            for (std::size_t i = 0; i < 2; ++i) {
                expect_near(on_device->state()[i].tensor, on_cpu->state()[i].tensor, master,
                            on_cpu->state()[i].name);
            }
            if (copies.defined()) {
                EXPECT_TRUE(copies.equal(got.values().to(type)));
            }
        }
    }
}

}  // namespace msunet::test
