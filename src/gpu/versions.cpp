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

std::string uuid_text(std::span<const char, 16> bytes, std::string_view name) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = name.find(" MIG ") == std::string_view::npos ? "GPU" : "MIG";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += digits[byte / 16];
        text += digits[byte % 16];
    }
    return text;
}

int least_driver(int cuda) {
    switch (cuda / 1000) {
        case 11:
            return 450;
        case 12:
            return 525;
        case 13:
            return 580;
        default:
            return 0;
    }
}

std::string no_gpu_text(const std::string& error, const std::filesystem::path& driver_file,
                        int supported_cuda, int built_with) {
    const auto driver = supported_cuda == 0
                            ? std::string("the driver's library libcuda.so.1 is not found")
                            : "the driver is " + driver_version_text(driver_file, supported_cuda);
    const int least = least_driver(built_with);
    const auto needed = least == 0 ? std::string("the driver that came with it or a newer one")
                                   : core::concat("driver ", least, " or newer");
    return core::concat("no GPU can be used (CUDA says: ", error, "); ", driver,
                        ", and this program's CUDA ", cuda_version_text(built_with), " needs ",
                        needed);
}

}  // namespace msunet::gpu
