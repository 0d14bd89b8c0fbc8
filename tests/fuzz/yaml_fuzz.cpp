// SPDX-License-Identifier: Apache-2.0
// The YAML file of --config, with the options of `msunet train`.
#include "fuzz/fuzz.hpp"
#include "msunet/settings/train_settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    std::string printed;
    fuzz::expect_answer([&] {
        const auto settings = settings::settings_from_yaml(std::string(fuzz::text_of(data, size)));
        printed = settings::settings_yaml(settings);
        std::vector<std::string> warnings;
        (void)settings::grid_of(settings, warnings);
    });
    if (!printed.empty()) {
        // What we print must be readable: an error here is a finding.
        fuzz::expect(settings::settings_yaml(settings::settings_from_yaml(printed)) == printed);
    }
    return 0;
}
