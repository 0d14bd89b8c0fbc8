// SPDX-License-Identifier: Apache-2.0
// Reads grids in the form of -talos, one per line, and prints the result.
// usage: grid_tool permutations    a Python list of dictionaries per line
//        grid_tool accepts         lines "EXPRESSION<tab>GRID": the indices it accepts

#include <iostream>
#include <string>
#include <vector>

#include "msunet/config/grid.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/value.hpp"
#include "msunet/sweep/expression.hpp"
#include "msunet/sweep/grid.hpp"

namespace {

using msunet::sweep::ParameterGrid;

/// The names that grid_test.py uses.
const std::vector<std::string> keys{"C",
                                    "Kr",
                                    "Zed",
                                    "Zeta",
                                    "_y",
                                    "a",
                                    "b",
                                    "batch_size",
                                    "contractingBatchNormTrainable",
                                    "drop",
                                    "dropout",
                                    "epochs",
                                    "expandingBatchNormTrainable",
                                    "finalActivation",
                                    "losses",
                                    "lr",
                                    "m",
                                    "o",
                                    "optimizer",
                                    "patch_dimensions",
                                    "patch_stride",
                                    "pca_only",
                                    "scoreTrainable",
                                    "upsamplingBatchNormTrainable",
                                    "upsamplingTrainable",
                                    "which_layer",
                                    "x",
                                    "x2",
                                    "x_1"};

ParameterGrid read_grid(const std::string& text) {
    return ParameterGrid(msunet::sweep::expand(msunet::config::parse_grid(text, keys)));
}

void print_permutations(const std::string& line) {
    const ParameterGrid grid = read_grid(line);
    std::cout << '[';
    for (std::uint64_t i = 0; i < grid.size(); ++i) {
        std::cout << '{';
        for (const auto& [name, value] : grid.permutation(i)) {
            std::cout << msunet::core::python_repr(msunet::core::Value(name)) << ':'
                      << msunet::core::python_repr(value) << ',';
        }
        std::cout << "},";
    }
    std::cout << "]\n";
}

void print_accepted(const std::string& line) {
    const std::size_t tab = line.find('\t');
    const ParameterGrid grid = read_grid(line.substr(tab + 1));
    const msunet::sweep::Expression expression(line.substr(0, tab), grid.names());
    std::cout << '[';
    for (std::uint64_t i = 0; i < grid.size(); ++i) {
        const auto permutation = grid.permutation(i);
        const auto value = [&](std::size_t axis) -> const msunet::core::Value& {
            return permutation.at(grid.names()[axis]);
        };
        if (expression.accepts(value)) std::cout << i << ',';
    }
    std::cout << "]\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc == 2 ? argv[1] : "";
    std::string line;
    try {
        while (std::getline(std::cin, line)) {
            if (what == "permutations") {
                print_permutations(line);
            } else if (what == "accepts") {
                print_accepted(line);
            } else {
                return 2;
            }
        }
    } catch (const msunet::core::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
