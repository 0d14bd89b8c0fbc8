// SPDX-License-Identifier: Apache-2.0
#include "comm/window_directory.hpp"

#include <sys/statvfs.h>

#include <cstdlib>

namespace msunet::comm {
namespace {

constexpr const char* parameter = "OMPI_MCA_osc_sm_backing_directory";
constexpr const char* shared_memory = "/dev/shm";
constexpr std::uint64_t small_bytes = std::uint64_t{1} << 30;

struct Space {
    std::uint64_t total = 0;
    std::uint64_t free = 0;
};

Space space_of(const std::filesystem::path& folder) {
    struct statvfs status {};
    if (statvfs(folder.c_str(), &status) != 0) {
        return {};
    }
    return {std::uint64_t{status.f_blocks} * status.f_frsize,
            std::uint64_t{status.f_bavail} * status.f_frsize};
}

std::filesystem::path temporary_directory() {
    std::error_code failed;
    auto folder = std::filesystem::temp_directory_path(failed);
    return failed ? std::filesystem::path("/tmp") : folder;
}

}  // namespace

std::filesystem::path window_directory() {
    if (const char* chosen = std::getenv(parameter); chosen != nullptr && *chosen != '\0') {
        return chosen;
    }
    std::error_code failed;
    return std::filesystem::is_directory(shared_memory, failed)
               ? std::filesystem::path(shared_memory)
               : temporary_directory();
}

std::uint64_t window_space() { return space_of(window_directory()).free; }

void choose_window_directory() {
    if (std::getenv(parameter) != nullptr) {
        return;
    }
    const Space memory = space_of(shared_memory);
    const auto folder = temporary_directory();
    if (memory.total < small_bytes && space_of(folder).free > memory.free) {
        setenv(parameter, folder.c_str(), 0);
    }
}

}  // namespace msunet::comm
