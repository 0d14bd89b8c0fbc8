// SPDX-License-Identifier: Apache-2.0
// Small data sets whose voxels say where they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "msunet/data/dataset.hpp"

namespace msunet::data::test {

/// A source with `slices` slices of height x width.
struct Part {
    Source source;
    std::uint32_t slices = 1;
    std::uint32_t height = 4;
    std::uint32_t width = 4;
};

/// Voxel i of the store is i + 1, its mask is 1 where i is a multiple of 3.
inline Dataset make_dataset(const std::vector<Part>& parts) {
    std::vector<Source> sources;
    std::vector<Slice> slices;
    std::uint64_t elements = 0;
    for (const Part& part : parts) {
        for (std::uint32_t i = 0; i < part.slices; ++i) {
            slices.push_back(
                {static_cast<std::uint32_t>(sources.size()), part.height, part.width, elements});
            elements += std::uint64_t{part.height} * part.width;
        }
        sources.push_back(part.source);
    }
    std::vector<float> voxels(elements);
    std::vector<std::uint8_t> masks(elements);
    for (std::uint64_t i = 0; i < elements; ++i) {
        voxels[i] = static_cast<float>(i + 1);
        masks[i] = i % 3 == 0 ? 1 : 0;
    }
    return Dataset::from_vectors(std::move(sources), std::move(slices), std::move(voxels),
                                 std::move(masks));
}

inline Source source(std::string name, core::Modality modality, std::uint32_t pair,
                     bool validation = false, bool augmented = false) {
    return {std::move(name), modality, validation, augmented, pair};
}

}  // namespace msunet::data::test
