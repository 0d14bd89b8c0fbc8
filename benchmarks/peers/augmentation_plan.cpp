// SPDX-License-Identifier: Apache-2.0
// augmentation_plan PAIRS THRESHOLD SEED: the copies that the random scheme makes of this number of
// pairs, as JSON, so that the Python pipeline makes the same number with the same operations.

#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: augmentation_plan PAIRS THRESHOLD SEED\n";
        return 2;
    }
    std::vector<std::uint32_t> pairs(std::stoul(argv[1]));
    std::iota(pairs.begin(), pairs.end(), 0U);
    msunet::imaging::AugmentOptions options;
    options.augmentation_threshold = std::stod(argv[2]);
    const char* between = "[";
    for (const auto& copy : plan_augmentation(options, std::stoull(argv[3]), pairs)) {
        std::cout << between << "{\"pair\": " << copy.pair << ", \"operations\": [\""
                  << operations_of(copy, "\", \"") << "\"]}";
        between = ",\n ";
    }
    std::cout << (between[0] == '[' ? "[" : "") << "]\n";
}
