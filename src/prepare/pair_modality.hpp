// SPDX-License-Identifier: Apache-2.0
/// \file
/// The modality of pairs: from an option, from names of files or from names of folders.
#pragma once

#include <string>
#include <vector>

#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

/// Sets the modality of all pairs of `pairing`, adds a problem for every one of `masks` without one
/// (unless `rule` requires none) and notices.
void set_modalities(Pairing& pairing, const std::vector<std::string>& masks,
                    const ModalityRule& rule);

/// Whether the names of volume and mask say different modalities, both in the same way (a part of a
/// word says too little against a whole one).
[[nodiscard]] bool modalities_differ(const Pair& pair);

}  // namespace msunet::prepare
