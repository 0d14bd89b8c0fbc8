// SPDX-License-Identifier: Apache-2.0
#include "support/npy.hpp"

#include <gtest/gtest.h>

#include <array>

#include "msunet/core/error.hpp"
#include "msunet/io/npy.hpp"
#include "support/reference.hpp"

namespace msunet::test {
namespace {

TEST(Npy, ColumnMajorFilesAreTurned) {
    const std::array<std::int64_t, 2> shape{2, 3};
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    std::string bytes = io::npy_bytes(shape, std::span<const float>(values));
    bytes.replace(bytes.find("False"), 5, "True ");
    EXPECT_EQ(parse_npy(bytes, "t").values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
}

TEST(Npy, DamageIsAnError) {
    const std::array<std::int64_t, 1> shape{4};
    const std::vector<float> values{1, 2, 3, 4};
    const std::string good = io::npy_bytes(shape, std::span<const float>(values));
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_THROW(static_cast<void>(parse_npy(good.substr(0, size), "t")), core::InputError);
    }
    for (const auto& [from, to] : {std::pair{"<f4", ">f4"},
                                   {"<f4", "|O8"},
                                   {"<f4", "<c8"},
                                   {"<f4", "<U0"},
                                   {"(4,)", "(9,)"},
                                   {"(4,)", "(-)."},
                                   {"descr", "descx"}}) {
        std::string bytes = good;
        bytes.replace(bytes.find(from), std::string_view(to).size(), to);
        EXPECT_THROW(static_cast<void>(parse_npy(bytes, "t")), core::InputError) << to;
    }
    EXPECT_THROW(static_cast<void>(parse_npy(io::npy_grid_bytes({}), "t")), core::InputError);
}

TEST(Npz, ReadsTheReferenceFixtures) {
    const auto train = read_npz(reference("network/trajectory.npz"));
    EXPECT_EQ(train.at("x").shape, (std::vector<std::int64_t>{24, 48, 48, 1}));
    EXPECT_EQ(train.at("x").values.size(), 24U * 48 * 48);
    EXPECT_EQ(train.at("y").dtype, "|u1");
    EXPECT_EQ(train.at("names").texts.front(), "conv1_1/kernel:0");
    const auto preprocess = read_npz(reference("preprocess/spacing.npz"));
    EXPECT_EQ(preprocess.at("0_size_zyx").values.size(), 3U);
}

}  // namespace
}  // namespace msunet::test
