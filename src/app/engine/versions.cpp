// SPDX-License-Identifier: Apache-2.0
#include "versions.hpp"

#include <itkConfigure.h>
#include <mpi.h>
#include <torch/headeronly/version.h>

#include <array>

#include "msunet/core/text.hpp"

namespace msunet::app {

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

}  // namespace msunet::app
