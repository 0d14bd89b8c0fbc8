// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "h5/handle.hpp"

namespace msunet::h5 {

/// A new file in memory. `image_of` returns its bytes, which are then written atomically.
Handle create_in_memory();
/// The bytes of an open file.
std::vector<std::byte> image_of(const Handle& file);
/// A file in memory, opened for reading from its bytes.
Handle open_in_memory(std::span<const std::byte> image);

/// Writes a whole new dataset of the given extent; `memory_type` is also the type in the file.
void write_dataset(hid_t parent, const std::string& name, hid_t type,
                   std::span<const hsize_t> extent, const void* values);

}  // namespace msunet::h5
