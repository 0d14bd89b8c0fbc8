// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether validation data can show what a model is worth. Plain functions of the pairs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

/// A warning for all modalities that only validation data have, and one for those that have no
/// validation data. None where either part is empty.
[[nodiscard]] std::vector<std::string> lopsided_modalities(std::span<const Pair> pairs);

/// A warning that names all subjects with scans in both parts.
[[nodiscard]] std::vector<std::string> divided_subjects(std::span<const Pair> pairs);

/// A warning where scans of equal content are in training and in validation data. `hashes`: of the
/// scans' content, by pair; empty: unknown.
[[nodiscard]] std::vector<std::string> leaked_scans(std::span<const Pair> pairs,
                                                    std::span<const std::string> hashes);

}  // namespace msunet::prepare
