// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace msunet::core {

/// A weight tensor of a model file or an initialiser, e.g. "conv1_1/kernel:0" with shape (kh, kw,
/// cin, cout), as Keras stores it.
struct NamedArray {
    std::string name;
    std::vector<std::int64_t> shape;
    /// Row-major (last dimension fastest); their number is the product of `shape`.
    std::vector<float> values;

    friend bool operator==(const NamedArray&, const NamedArray&) = default;
};

/// The product of the dimensions; 1 for an empty shape.
[[nodiscard]] std::int64_t element_count(const std::vector<std::int64_t>& shape);

}  // namespace msunet::core
