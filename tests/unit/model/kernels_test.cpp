// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which kernels are chosen, and the instruction sets compared with each other.

#include "model/kernels/table.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/model/precision.hpp"

namespace msunet::model {
namespace {

using kernels::InstructionSet;

struct NamedSet {
    InstructionSet set;
    std::string limit;  ///< value of MSUNET_CPU_KERNELS
    std::string name;   ///< what cpu_kernels() calls it
};

const std::vector<NamedSet>& all_sets() {
    using enum InstructionSet;
    static const std::vector<NamedSet> sets{{baseline, "baseline", "baseline"},
                                            {avx2, "avx2", "AVX2"},
                                            {avx512, "avx512", "AVX512"},
                                            {avx512_bf16, "avx512_bf16", "AVX512_BF16"},
                                            {amx, "amx", "AMX"}};
    return sets;
}

InstructionSet limit_of(const std::string& name) {
    for (const auto& known : all_sets()) {
        if (known.limit == name) return known.set;
    }
    return name == "default" ? InstructionSet::baseline : InstructionSet::amx;
}

std::string value_of(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

// The tests model.avx2, model.default and model.avx512_bf16 set a variable each.
TEST(Kernels, AreTheBestWithinBothLimits) {
    // For libtorch avx512 has no sets above it.
    const std::string library = value_of("ATEN_CPU_CAPABILITY");
    const auto most = std::min(limit_of(library == "avx512" ? "" : library),
                               limit_of(value_of("MSUNET_CPU_KERNELS")));
    const NamedSet* expected = nullptr;
    for (const auto& known : all_sets()) {
        if (known.set <= most && kernels::kernels_of(known.set) != nullptr) expected = &known;
    }
    ASSERT_NE(expected, nullptr);
    EXPECT_EQ(&kernels::kernels(), kernels::kernels_of(expected->set));
    EXPECT_EQ(cpu_kernels(), expected->name);
}

TEST(Kernels, AreLimitedByNamesOfInstructionSets) {
    const std::string before = value_of("MSUNET_CPU_KERNELS");
    for (const auto& known : all_sets()) {
        setenv("MSUNET_CPU_KERNELS", known.limit.c_str(), 1);
        EXPECT_EQ(kernels::most_allowed(), known.set);
    }
    setenv("MSUNET_CPU_KERNELS", "", 1);
    EXPECT_EQ(kernels::most_allowed(), InstructionSet::amx);
    setenv("MSUNET_CPU_KERNELS", "sse4", 1);
    try {
        static_cast<void>(kernels::most_allowed());
        ADD_FAILURE() << "accepted";
    } catch (const core::UsageError& error) {
        EXPECT_STREQ(error.what(),
                     "'MSUNET_CPU_KERNELS' is 'sse4', allowed is baseline, avx2, avx512, "
                     "avx512_bf16, amx");
    }
    setenv("MSUNET_CPU_KERNELS", before.c_str(), 1);
}

TEST(Kernels, InstructionSetsAgree) {
    std::vector<const kernels::Kernels*> sets;
    for (const auto& known : all_sets()) {
        if (const auto* found = kernels::kernels_of(known.set)) sets.push_back(found);
    }
    const at::Tensor z = at::randn({200, 32}), scale = at::randn({32}), shift = at::randn({32});
    std::vector<at::Tensor> outputs;
    std::vector<std::vector<std::uint32_t>> masks;
    for (const auto* set : sets) {
        at::Tensor out = at::empty({200, 32});
        set->float32.norm_forward(z.const_data_ptr<float>(), 0, 200, 32,
                                  scale.const_data_ptr<float>(), shift.const_data_ptr<float>(),
                                  {.out = out.mutable_data_ptr<float>(),
                                   .stride = 32,
                                   .offset = 0,
                                   .bits = nullptr,
                                   .keep_scale = 1,
                                   .pooled = nullptr,
                                   .pool_index = nullptr,
                                   .height = 0,
                                   .width = 0});
        outputs.push_back(out);
        masks.emplace_back(256);
        set->dropout(masks.back().data(), 0, 256, 5U << 20U, 77, 1, 2, 3);
    }
    for (std::size_t i = 1; i < sets.size(); ++i) {
        EXPECT_LE((outputs[i] - outputs[0]).abs().max().item<double>(), 1e-6);
        EXPECT_EQ(masks[i], masks[0]);
    }
}

}  // namespace
}  // namespace msunet::model
