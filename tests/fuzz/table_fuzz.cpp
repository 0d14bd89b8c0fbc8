// SPDX-License-Identifier: Apache-2.0
// The files that we read beside those of users: CSV, NumPy, zip, PNG. The first byte chooses.
#include "fuzz/fuzz.hpp"
#include "msunet/io/csv.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/png.hpp"
#include "msunet/io/zip.hpp"

namespace {

using namespace msunet;

void read_csv(std::string_view bytes) {
    const auto table = io::parse_csv(bytes, "fuzz");
    fuzz::expect(io::parse_csv(io::csv_text(table), "written") == table);
}

void read_npy(std::string_view bytes) {
    const auto array = io::parse_npy(bytes, "fuzz");
    std::size_t elements = 1;
    for (const auto length : array.shape) elements *= static_cast<std::size_t>(length);
    fuzz::expect(elements == array.values.size() + array.texts.size());
}

void read_archive(std::string_view bytes) {
    static const fuzz::Folder folder;
    const auto file = folder.file("a.zip", bytes);
    (void)io::read_zip(file);
    (void)io::read_npz(file);
}

void read_png(std::string_view bytes) {
    const auto picture = io::parse_png(bytes, "fuzz");
    fuzz::expect(picture.pixels.size() == picture.width * picture.height * picture.channels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    constexpr void (*readers[])(std::string_view) = {read_csv, read_npy, read_archive, read_png};
    fuzz::expect_answer([&] { readers[data[0] % std::size(readers)](bytes); });
    return 0;
}
