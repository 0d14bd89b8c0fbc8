// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/npy.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/npy.hpp"

namespace msunet::io {
namespace {

#include "params_npy.inc"

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto code = static_cast<unsigned char>(c);
        out += digits[code >> 4U];
        out += digits[code & 15U];
    }
    return out;
}

TEST(NpyGrid, EqualsTheOracleByteForByte) {
    const GridLists grid{{"lr", {0.001, 0.0005}},
                         {"epochs", {std::int64_t{2}}},
                         {"losses", {"dice_coef_loss"}},
                         {"pca_only", {false, true}},
                         {"num_gpus", {std::int64_t{0}}},
                         {"x",
                          {std::int64_t{300}, std::int64_t{-1}, core::Value(), std::int64_t{255},
                           std::int64_t{256}}},
                         {"empty", {}}};
    EXPECT_EQ(hex(npy_grid_bytes(grid)), params_npy_hex);
}

TEST(NpyGrid, WideIntegersAreEightBytesLong) {
    const std::string bytes = npy_grid_bytes({{"n", {std::int64_t{5'000'000'000}}}});
    EXPECT_NE(hex(bytes).find("8a0800f2052a01000000"), std::string::npos);
}

TEST(Npy, HeaderIsNumPys) {
    const std::array<std::int64_t, 2> shape{2, 3};
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    const std::string bytes = npy_bytes(shape, std::span<const float>(values));
    EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
    EXPECT_EQ(bytes.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    EXPECT_EQ(bytes.size(), 128 + 24U);
    EXPECT_EQ(bytes[127], '\n');
}

TEST(Npy, ArraysComeBack) {
    const std::array<std::int64_t, 2> shape{3, 1};
    const std::vector<double> values{0.1, -2, 1e300};
    const test::NpyArray array =
        test::parse_npy(npy_bytes(shape, std::span<const double>(values)), "t");
    EXPECT_EQ(array.dtype, "<f8");
    EXPECT_EQ(array.shape, (std::vector<std::int64_t>{3, 1}));
    EXPECT_EQ(array.values, values);

    const std::array<std::int64_t, 1> line{2};
    const std::vector<float> floats{0.5F, 7};
    const test::NpyArray one =
        test::parse_npy(npy_bytes(line, std::span<const float>(floats)), "t");
    EXPECT_EQ(one.shape, std::vector<std::int64_t>{2});
    EXPECT_EQ(one.values, (std::vector<double>{0.5, 7}));

    const test::NpyArray scalar =
        test::parse_npy(npy_bytes({}, std::span<const float>(floats).first(1)), "t");
    EXPECT_TRUE(scalar.shape.empty());
    EXPECT_EQ(scalar.values, std::vector<double>{0.5});
}

}  // namespace
}  // namespace msunet::io
