// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a group contains.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "h5/handle.hpp"

namespace msunet::h5 {

/// The names of the links in a group, in the order of their bytes.
[[nodiscard]] inline std::vector<std::string> link_names(hid_t group) {
    std::vector<std::string> names;
    const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
        static_cast<std::vector<std::string>*>(list)->emplace_back(name);
        return 0;
    };
    valid(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), "H5Literate");
    return names;
}

}  // namespace msunet::h5
