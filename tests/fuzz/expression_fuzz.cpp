// SPDX-License-Identifier: Apache-2.0
// The expression of --boolean_limit, over a permutation with a value of each type.
#include "fuzz/fuzz.hpp"
#include "msunet/sweep/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    using namespace std::string_literals;
    static const core::Permutation permutation{{"batch_size", std::int64_t{16}},
                                               {"lr", 0.001},
                                               {"losses", "dice_coef_loss"s},
                                               {"modality_weight", std::monostate{}},
                                               {"pca_only", false}};
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& [name, value] : permutation) all.push_back(name);
        return all;
    }();
    fuzz::expect_answer([&] {
        (void)sweep::Expression(fuzz::text_of(data, size), names)
            .accepts([&](std::size_t i) -> const core::Value& { return permutation.at(names[i]); });
    });
    return 0;
}
