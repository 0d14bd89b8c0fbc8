// SPDX-License-Identifier: Apache-2.0
// result.json of a trial, which a later start adopts.
#include "fuzz/fuzz.hpp"
#include "msunet/codec/json.hpp"
#include "msunet/record/fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    std::string written;
    fuzz::expect_answer([&] {
        written = codec::to_json(codec::from_json<record::TrialResult>(fuzz::text_of(data, size)));
    });
    if (!written.empty()) {
        // What we write must be readable: an error here is a finding.
        fuzz::expect(codec::to_json(codec::from_json<record::TrialResult>(written)) == written);
    }
    return 0;
}
