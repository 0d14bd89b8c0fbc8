// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/identity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "msunet/core/hash.hpp"

namespace msunet::unet {

std::string identity_of(const Architecture& architecture) {
    core::Hasher hasher;
    const auto& [momentum, epsilon] = architecture.description().batch_norm;
    const std::array<double, 2> constants{momentum, epsilon};
    hasher.values(std::span<const double>(constants));
    const auto add = [&hasher](auto value) { hasher.integer(static_cast<std::uint64_t>(value)); };
    for (const Layer& layer : architecture.layers()) {
        add(layer.kind);
        add(layer.part);
        add(layer.number);
        add(layer.kernel);
        add(layer.in_channels);
        add(layer.out_channels);
        add(layer.activation);
        add(layer.inputs.size());
        for (const std::size_t input : layer.inputs) add(input);
    }
    return hasher.hex();
}

}  // namespace msunet::unet
