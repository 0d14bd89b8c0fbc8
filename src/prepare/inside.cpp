// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/inside.hpp"

#include <algorithm>
#include <system_error>

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

fs::path resolved(const fs::path& path) {
    std::error_code error;
    fs::path absolute = fs::weakly_canonical(fs::absolute(path), error);
    if (error) absolute = fs::absolute(path).lexically_normal();
    if (!absolute.has_filename()) absolute = absolute.parent_path();
    return absolute;
}

}  // namespace

bool is_inside(const fs::path& path, const fs::path& folder) {
    const fs::path inner = resolved(path);
    const fs::path outer = resolved(folder);
    return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

}  // namespace msunet::prepare
