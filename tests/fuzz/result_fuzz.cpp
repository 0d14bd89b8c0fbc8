// SPDX-License-Identifier: Apache-2.0
// result.json of a trial, which a later start takes up.
#include "fuzz/fuzz.hpp"
#include "msunet/record/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    std::string written;
    fuzz::expect_answer([&] {
        written = record::to_json(record::trial_result_from_json(fuzz::text_of(data, size)));
    });
    if (!written.empty()) {
        // What we write we read back; here an error is a finding.
        fuzz::expect(record::to_json(record::trial_result_from_json(written)) == written);
    }
    return 0;
}
