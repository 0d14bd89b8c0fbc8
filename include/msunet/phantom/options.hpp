// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options of `msunet phantom`.
#pragma once

#include <cstdint>
#include <string>

#include "msunet/core/options.hpp"

namespace msunet::phantom {

/// What data set is made.
struct PhantomOptions {
    std::string output;             ///< folder; gets `data` and `masks`
    std::int64_t animals = 5;       ///< each is scanned in all four modalities
    double validation_share = 0.2;  ///< of the animals, at least one if above 0
    double scale = 1.0;             ///< of the matrix within slices
    std::int64_t seed = 1;
};

/// Names, ranges and help of PhantomOptions (the folder is the command's own argument).
inline void describe(core::OptionVisitor& visitor, PhantomOptions& options) {
    using core::Affects;
    visitor.visit({.name = "animals",
                   .help = "Number of animals; each is scanned in four modalities",
                   .affects = Affects::data,
                   .value_name = "N",
                   .range = "[1,9999]",
                   .min = 1,
                   .max = 9999},
                  options.animals);
    visitor.visit(
        {.name = "validation_share",
         .help = "Share of the animals whose scans are named as validation data, at least "
                 "one animal if above 0",
         .affects = Affects::data,
         .value_name = "F",
         .range = "[0,1)",
         .min = 0,
         .max = 1,
         .max_open = true},
        options.validation_share);
    visitor.visit({.name = "scale",
                   .help = "Factor on the number of pixels along each side of a slice",
                   .affects = Affects::data,
                   .value_name = "F",
                   .range = "[0.25,8]",
                   .min = 0.25,
                   .max = 8},
                  options.scale);
    visitor.visit({.name = "seed",
                   .help = "Seed of all random numbers",
                   .affects = Affects::data,
                   .value_name = "N",
                   .range = ">= 0",
                   .min = 0},
                  options.seed);
}

}  // namespace msunet::phantom
