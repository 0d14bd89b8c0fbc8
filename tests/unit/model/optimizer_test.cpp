// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/optimizer.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::model {
namespace {

FlatParameters parameters(at::ScalarType type = at::kDouble) {
    return {{{.name = "a/kernel:0", .shape = {4, 3, 3, 2}}, {.name = "a/bias:0", .shape = {4}}},
            at::TensorOptions(type)};
}

TEST(Optimizer, AdamFollowsKerasFormula) {
    for (const auto type : {at::kDouble, at::kFloat}) {
        FlatParameters p = parameters(type);
        p.values().copy_(at::randn({p.size()}, type));
        const auto adam = Optimizer::make("adam", p);
        at::Tensor w = p.values().clone(), m = w * 0, v = w * 0;
        for (int t = 1; t <= 4; ++t) {
            const at::Tensor g = at::randn({p.size()}, type);
            p.gradients().copy_(g);
            adam->step(0.01);
            m = m + (g - m) * 0.1;
            v = v + (g * g - v) * (1 - 0.999);
            const double b1 = std::pow(static_cast<double>(0.9F), t),
                         b2 = std::pow(static_cast<double>(0.999F), t);
            const double alpha = 0.01 * std::sqrt(1 - b2) / (1 - b1);
            w = w - alpha * m / (v.sqrt() + 1e-7);
            EXPECT_LE((w - p.values()).abs().max().item<double>(),
                      type == at::kDouble ? 1e-15 : 3e-6);
        }
    }
}

TEST(Optimizer, EveryOneOfThemMinimises) {
    for (const auto name : unet::optimizer_names()) {
        FlatParameters p = parameters();
        p.values().copy_(at::randn({p.size()}, at::kDouble));
        const auto optimizer = Optimizer::make(name, p);
        const double before = p.values().square().sum().item<double>();
        for (int t = 0; t < 50; ++t) {
            p.gradients().copy_(2 * p.values());
            optimizer->step(name == "Adadelta" ? 5 : 0.02);
        }
        EXPECT_LT(p.values().square().sum().item<double>(), 0.9 * before) << name;
        EXPECT_EQ(optimizer->iterations(), 50);
    }
}

TEST(Optimizer, StateIsEverything) {
    for (const auto name : unet::optimizer_names()) {
        FlatParameters a = parameters(), b = parameters();
        a.values().copy_(at::randn({a.size()}, at::kDouble));
        const auto first = Optimizer::make(name, a);
        const auto run = [](FlatParameters& p, Optimizer& optimizer) {
            p.gradients().copy_(p.values() + 0.1);
            optimizer.step(0.01);
        };
        for (int t = 0; t < 3; ++t) run(a, *first);
        const auto second = Optimizer::make(name, b);
        b.values().copy_(a.values());
        ASSERT_EQ(first->state().size(), second->state().size());
        for (std::size_t i = 0; i < first->state().size(); ++i) {
            EXPECT_EQ(first->state()[i].name, second->state()[i].name);
            at::Tensor to = second->state()[i].tensor;
            to.copy_(first->state()[i].tensor);
        }
        second->set_iterations(3);
        for (int t = 0; t < 3; ++t) {
            run(a, *first);
            run(b, *second);
        }
        EXPECT_TRUE(a.values().equal(b.values())) << name;
    }
}

TEST(Optimizer, NothingToTrainIsFine) {
    for (const auto name : unet::optimizer_names()) {
        FlatParameters none({}, at::TensorOptions(at::kFloat));
        EXPECT_NO_THROW(Optimizer::make(name, none)->step(0.1)) << name;
    }
}

TEST(Optimizer, UnknownNamesAreErrors) {
    FlatParameters p = parameters();
    EXPECT_THROW(static_cast<void>(Optimizer::make("Adamm", p)), core::UsageError);
}

}  // namespace
}  // namespace msunet::model
