// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/png.hpp"

#include <png.h>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

/// libpng's simplified interface: it reports errors without longjmp.
struct Image {
    png_image png{};

    Image() { png.version = PNG_IMAGE_VERSION; }
    ~Image() { png_image_free(&png); }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
};

}  // namespace

std::string png_bytes(const Picture& picture) {
    constexpr std::size_t longest_side = 1U << 20U;
    if ((picture.channels != 1 && picture.channels != 3) || picture.width == 0 ||
        picture.height == 0 || picture.width > longest_side || picture.height > longest_side ||
        picture.pixels.size() != picture.width * picture.height * picture.channels) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("can't make a picture of ", picture.width, " x ",
                                       picture.height, " pixels with ", picture.channels,
                                       " channels from ", picture.pixels.size(), " bytes"));
    }
    Image image;
    image.png.width = static_cast<png_uint_32>(picture.width);
    image.png.height = static_cast<png_uint_32>(picture.height);
    image.png.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image.png);
    std::string bytes(size, '\0');
    if (png_image_write_to_memory(&image.png, bytes.data(), &size, 0, picture.pixels.data(), 0,
                                  nullptr) == 0) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("can't make a picture (", image.png.message, ")"));
    }
    bytes.resize(size);
    return bytes;
}

Picture parse_png(std::string_view bytes, std::string_view source) {
    const auto check = [&](int fine, const Image& image) {
        if (fine != 0) return;
        throw core::InputError({.path = std::string(source),
                                .problem = "is no readable picture",
                                .why = image.png.message});
    };
    Image image;
    check(png_image_begin_read_from_memory(&image.png, bytes.data(), bytes.size()), image);
    Picture picture;
    picture.width = image.png.width;
    picture.height = image.png.height;
    picture.channels = (image.png.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
    image.png.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    picture.pixels.resize(PNG_IMAGE_SIZE(image.png));
    check(png_image_finish_read(&image.png, nullptr, picture.pixels.data(), 0, nullptr), image);
    return picture;
}

}  // namespace msunet::io
