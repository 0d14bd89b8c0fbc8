// SPDX-License-Identifier: Apache-2.0
// The text of -talos: Python literal, JSON, YAML, a dictionary without braces.
#include "fuzz/fuzz.hpp"
#include "msunet/config/grid.hpp"
#include "msunet/sweep/distribution.hpp"
#include "msunet/unet/hyperparameters.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    const auto text = fuzz::text_of(data, size);
    const auto& keys = unet::hyperparameter_keys();
    std::string printed;
    fuzz::expect_answer([&] { printed = config::grid_text(config::parse_grid(text, keys)); });
    fuzz::expect_answer([&] {
        sweep::SweepOptions options;
        options.round_limit = 3;
        (void)sweep::draw(sweep::space_of(config::parse_grid(text, keys)), options, 1);
    });
    if (!printed.empty()) {
        // What we print must be readable: an error here is a finding.
        fuzz::expect(config::grid_text(config::parse_grid(printed, keys)) == printed);
    }
    return 0;
}
