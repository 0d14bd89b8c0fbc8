// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which kernels are chosen, and the instruction sets compared with each other.

#include "model/kernels/table.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "model/cpu_tensors.hpp"
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

/// Pixels of 32 channels one after the other, without dropout and pooling.
template <class T>
kernels::OutputTarget<T> plain_target(T* out) {
    return {.out = out,
            .stride = 32,
            .offset = 0,
            .bits = nullptr,
            .keep_scale = 1,
            .pooled = nullptr,
            .pool_index = nullptr,
            .height = 0,
            .width = 0};
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
        set->float32.norm_forward(z.data_ptr<float>(), 0, 200, 32, scale.data_ptr<float>(),
                                  shift.data_ptr<float>(),
                                  plain_target(out.mutable_data_ptr<float>()));
        outputs.push_back(out);
        masks.emplace_back(256);
        set->dropout(masks.back().data(), 0, 256, 5U << 20U, 77, 1, 2, 3);
    }
    for (std::size_t i = 1; i < sets.size(); ++i) {
        EXPECT_LE((outputs[i] - outputs[0]).abs().max().item<double>(), 1e-6);
        EXPECT_EQ(masks[i], masks[0]);
    }
}

/// scale·relu(z) + shift, one pixel a row of 32 channels, by the kernels of a set, as bits.
std::vector<std::uint16_t> normalised(const kernels::Kernels& set, const at::Tensor& z,
                                      const at::Tensor& scale, const at::Tensor& shift) {
    std::vector<std::uint16_t> out(static_cast<std::size_t>(z.numel()));
    set.bfloat16.norm_forward(pointer<kernels::Bf16>(z), 0, z.numel() / 32, 32,
                              pointer<float>(scale), pointer<float>(shift),
                              plain_target(reinterpret_cast<kernels::Bf16*>(out.data())));
    return out;
}

// Products with powers of 2 are exact, so that it does not matter whether a set fuses product and
// sum.
TEST(Kernels, InstructionSetsRoundToBfloat16Alike) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const at::Tensor z = at::randn({200, 32}).to(at::kBFloat16);
    const std::vector<float> special{std::numeric_limits<float>::quiet_NaN(),
                                     infinity,
                                     -infinity,
                                     -0.0F,
                                     0.0F,
                                     1.0F,
                                     1 + 0x1p-7F,
                                     0x1.FEp127F};
    for (std::size_t row = 0; row < special.size(); ++row) {
        z[static_cast<std::int64_t>(row)].fill_(special[row]);
    }
    const at::Tensor scale = at::pow(2, at::randint(-3, 4, {32}).to(at::kFloat)),
                     shift = at::randn({32});
    // Between two numbers of bfloat16; between the largest and infinity; -0.
    scale.narrow(0, 0, 3).fill_(1);
    shift[0] = 0x1p-8F;
    shift[1] = 0x1p119F;
    shift[2] = -0.0F;
    const auto expected = normalised(kernels::kernels_baseline(), z, scale, shift);
    const auto at_row = [&](int row, int channel) {
        return expected[static_cast<std::size_t>(32 * row + channel)];
    };
    EXPECT_EQ(at_row(0, 0), 0x7FC0) << "NaN";
    EXPECT_EQ(at_row(1, 0), 0x7F80) << "infinity";
    EXPECT_EQ(at_row(3, 2), 0x8000) << "-0";
    EXPECT_EQ(at_row(5, 0), 0x3F80) << "ties to even, down";
    EXPECT_EQ(at_row(6, 0), 0x3F82) << "ties to even, up";
    EXPECT_EQ(at_row(7, 1), 0x7F80) << "overflow";
    for (const auto& known : all_sets()) {
        const auto* set = kernels::kernels_of(known.set);
        if (set == nullptr) continue;
        EXPECT_EQ(normalised(*set, z, scale, shift), expected) << known.name;
    }
}

// The instruction that rounds takes them for 0.
TEST(Kernels, SubnormalNumbersBecomeZeroByAvx512Bf16) {
    const at::Tensor z = at::full({1, 32}, 0x1p-130F, at::kBFloat16);
    for (const auto& known : all_sets()) {
        const auto* set = kernels::kernels_of(known.set);
        if (set == nullptr) continue;
        const bool is_kept = known.set < InstructionSet::avx512_bf16;
        EXPECT_EQ(normalised(*set, z, at::ones({32}), at::zeros({32})).front(), is_kept ? 8 : 0)
            << known.name;
    }
}

}  // namespace
}  // namespace msunet::model
