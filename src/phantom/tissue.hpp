// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a head is made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace msunet::phantom {

enum class Tissue : std::uint8_t {
    air,
    skin,
    fat,
    muscle,
    tongue,
    bone,
    marrow,
    gland,
    nerve,
    mucosa,
    vitreous,
    lens,
    fluid,  ///< cerebrospinal fluid around the brain
    // From here on: brain.
    ventricle,
    cortex,
    white,
    deep_grey,
    hippocampus,
    brainstem,
    cerebellum,
    bulb,
    count
};

inline constexpr std::size_t tissue_count = static_cast<std::size_t>(Tissue::count);

/// True for what belongs to the mask.
constexpr bool is_brain(Tissue tissue) { return tissue >= Tissue::ventricle; }

/// What is found at a point.
struct Sample {
    Tissue tissue = Tissue::air;
    double variation = 0;  ///< about [-1, 1], local brightness within the tissue
};

}  // namespace msunet::phantom
