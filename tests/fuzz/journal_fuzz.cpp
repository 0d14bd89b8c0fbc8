// SPDX-License-Identifier: Apache-2.0
// A journal, as every start, `status` and `report` read it.
#include "fuzz/fuzz.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/report/sweep.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    static const fuzz::Folder folder;
    const auto file = folder.file("journal.jsonl", fuzz::text_of(data, size));
    fuzz::expect_answer([&] {
        const auto replay = record::replay(file);
        fuzz::expect(replay.valid_bytes <= replay.read_bytes && replay.read_bytes == size);
        (void)record::in_use_by(replay.record, {"here", 1, ""}, 1e9);
        (void)report::make_sweep(replay.record);
    });
    return 0;
}
