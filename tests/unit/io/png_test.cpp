// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/png.hpp"

#include <gtest/gtest.h>

#include "msunet/core/error.hpp"

namespace msunet::io {
namespace {

Picture gradient(std::size_t channels) {
    Picture picture{13, 7, channels, {}};
    for (std::size_t i = 0; i < 13 * 7 * channels; ++i) {
        picture.pixels.push_back(static_cast<std::uint8_t>(i * 3));
    }
    return picture;
}

TEST(Png, PicturesComeBack) {
    for (const std::size_t channels : {1U, 3U}) {
        const Picture picture = gradient(channels);
        EXPECT_EQ(parse_png(png_bytes(picture), "t"), picture);
        EXPECT_EQ(png_bytes(picture), png_bytes(picture));
    }
}

TEST(Png, WrongSizesAreErrors) {
    Picture picture = gradient(1);
    picture.pixels.pop_back();
    EXPECT_THROW(static_cast<void>(png_bytes(picture)), core::Error);
    EXPECT_THROW(static_cast<void>(png_bytes(Picture{0, 0, 1, {}})), core::Error);
    EXPECT_THROW(static_cast<void>(png_bytes(Picture{1, 1, 2, {0, 0}})), core::Error);
}

TEST(Png, DamageIsAnError) {
    const std::string good = png_bytes(gradient(1));
    EXPECT_THROW(static_cast<void>(parse_png("no picture", "t")), core::InputError);
    EXPECT_THROW(static_cast<void>(parse_png(good.substr(0, 40), "t")), core::InputError);
}

}  // namespace
}  // namespace msunet::io
