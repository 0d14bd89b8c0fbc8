// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/hash.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

TEST(Hasher, KnownAnswerOfTheEmptyInput) {
    // XXH3's published value for no bytes and seed 0.
    EXPECT_EQ(Hasher().hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Hasher, PiecesEqualTheWhole) {
    const std::string text(100000, 'q');
    Hasher pieces;
    const auto bytes = std::as_bytes(std::span(text));
    pieces.bytes(bytes.first(1)).bytes(bytes.subspan(1, 4095)).bytes(bytes.subspan(4096));
    EXPECT_EQ(pieces.hex(), hash_text(text));
    EXPECT_EQ(pieces.hex(), pieces.hex());
}

TEST(Hasher, TextsDontRunTogether) {
    EXPECT_NE(Hasher().text("ab").text("c").hex(), Hasher().text("a").text("bc").hex());
    EXPECT_EQ(Hasher().integer(0x0102).hex(),
              hash_text(std::string_view("\x02\x01\0\0\0\0\0\0", 8)));
}

TEST(HashFile, EqualsTheHashOfItsBytes) {
    const auto path = std::filesystem::path(testing::TempDir()) / ("hash_" + unique_suffix());
    const std::string text((std::size_t{1} << 20U) + 17, 'z');
    write_file_atomically(path, text);
    EXPECT_EQ(hash_file(path), hash_text(text));
    std::filesystem::remove(path);
    EXPECT_THROW(static_cast<void>(hash_file(path)), FileError);
}

}  // namespace
}  // namespace msunet::core
