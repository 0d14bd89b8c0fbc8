// SPDX-License-Identifier: Apache-2.0
#include "gpu/versions.hpp"

#include <fstream>

#include "msunet/core/text.hpp"

namespace msunet::gpu {

std::string cuda_version_text(int version) {
    return core::concat(version / 1000, ".", version % 1000 / 10);
}

std::string library_version_text(std::int64_t version) {
    return core::concat(version / 10000, ".", version % 10000 / 100, ".", version % 100);
}

std::string driver_version_text(const std::filesystem::path& file, int supported_cuda) {
    std::string version;
    std::ifstream(file) >> version;
    return version.empty() ? "for CUDA " + cuda_version_text(supported_cuda) : version;
}

}  // namespace msunet::gpu
