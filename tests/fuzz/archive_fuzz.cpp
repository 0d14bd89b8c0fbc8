// SPDX-License-Identifier: Apache-2.0
// Readers of files that we write: zip and PNG. The first byte chooses between them.
#include "fuzz/fuzz.hpp"
#include "msunet/io/png.hpp"
#include "msunet/io/zip.hpp"

namespace {

using namespace msunet;

void read_archive(std::string_view bytes) {
    static const fuzz::Folder folder;
    const auto file = folder.file("a.zip", bytes);
    (void)io::read_zip(file);
}

void read_png(std::string_view bytes) {
    const auto picture = io::parse_png(bytes, "fuzz");
    fuzz::expect(picture.pixels.size() == picture.width * picture.height * picture.channels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    constexpr void (*readers[])(std::string_view) = {read_archive, read_png};
    fuzz::expect_answer([&] { readers[data[0] % std::size(readers)](bytes); });
    return 0;
}
