// SPDX-License-Identifier: Apache-2.0
// augmentation_plan PAIRS THRESHOLD SEED: the copies that the random scheme makes of this number of
// pairs, as JSON, so that the Python pipeline makes the same number with the same operations.

#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"

namespace {

/// The names of the copy's operations as a JSON list.
std::string operations_json(const msunet::imaging::AugmentedCopy& copy) {
    std::string json;
    const auto add = [&json](bool applied, const char* name) {
        if (!applied) return;
        json += json.empty() ? "\"" : ", \"";
        json += name;
        json += '"';
    };
    add(copy.rotation.has_value(), "rotation");
    add(copy.affine.has_value(), "affine");
    add(copy.noise.has_value(), "noise");
    add(copy.contrast.has_value(), "contrast");
    return "[" + json + "]";
}

}  // namespace

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
        std::cout << between << "{\"pair\": " << copy.pair
                  << ", \"operations\": " << operations_json(copy) << "}";
        between = ",\n ";
    }
    std::cout << (between[0] == '[' ? "[" : "") << "]\n";
}
