// SPDX-License-Identifier: Apache-2.0
// Our parts of the cached data set: the checksum, which is verified before the HDF5 library reads
// the file, and the description inside. The first byte chooses between them.
#include "fuzz/fuzz.hpp"
#include "msunet/comm/communicator.hpp"
#include "prepare/cache_format.hpp"
#include "prepare/seal.hpp"

namespace {

using namespace msunet;

void read_seal(std::string_view bytes) {
    static const fuzz::Folder folder;
    const auto file = folder.file("dataset.h5", bytes);
    (void)prepare::broken_seal(file, "key", comm::Communicator::self_without_mpi());
}

void read_description(std::string_view bytes) {
    const auto description = prepare::from_text(std::string(bytes));
    const auto text = prepare::to_text(description);
    fuzz::expect(prepare::to_text(prepare::from_text(text)) == text);
    (void)description.elements();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    fuzz::expect_answer([&] { data[0] % 2 == 0 ? read_seal(bytes) : read_description(bytes); });
    return 0;
}
