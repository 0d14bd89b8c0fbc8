// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/versions.hpp"

#include <ATen/Version.h>
#include <gnu/libc-version.h>
#include <itkConfigure.h>
#include <mpi.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <array>
#include <boost/version.hpp>
#include <cctype>
#include <fstream>
#include <iterator>
#include <string>

#include "msunet/core/text.hpp"
#include "msunet/model/precision.hpp"

namespace msunet::device {

std::string mpi_version() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    if (MPI_Get_library_version(text.data(), &length) != MPI_SUCCESS) return "unknown";
    // "Open MPI v4.1.4, package: …": the rest is about its build.
    return core::split(text.data(), ',').front();
}

std::string libtorch_version() { return TORCH_VERSION; }

std::string itk_version() {
    return core::concat(ITK_VERSION_MAJOR, '.', ITK_VERSION_MINOR, '.', ITK_VERSION_PATCH);
}

std::string onednn_version() {
    // "Intel(R) MKL-DNN v3.7.1 (Git Hash …)"
    for (const auto& word : core::split(at::get_mkldnn_version(), ' ')) {
        if (word.size() > 1 && word[0] == 'v' && std::isdigit(word[1]) != 0) return word;
    }
    return "none";
}

std::string mkl_version() {
    // "Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for …"
    const auto words = core::split(at::get_mkl_version(), ' ');
    const auto found = std::ranges::find(words, "Version");
    if (found == words.end() || std::next(found) == words.end()) return "none";
    return core::split(*std::next(found), '-').front();
}

std::string boost_version() {
    // "1_74"
    auto version = std::string(BOOST_LIB_VERSION);
    std::ranges::replace(version, '_', '.');
    return version;
}

std::string glibc_version() { return gnu_get_libc_version(); }

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    std::string name = "unknown";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("model name")) continue;
        name = core::trim(line.substr(line.find(':') + 1));
        break;
    }
    return core::concat(name, ", ", at::get_cpu_capability(), ", kernels for ",
                        model::cpu_kernels());
}

}  // namespace msunet::device
