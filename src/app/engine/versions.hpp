// SPDX-License-Identifier: Apache-2.0
/// \file
/// Versions of the libraries that the program runs with.
#pragma once

#include <string>

namespace msunet::app {

/// MPI library's version in a few words: "Open MPI v4.1.4".
std::string mpi_version();
/// "2.11.0", as compiled against.
std::string libtorch_version();
/// "5.2.1", as compiled against.
std::string itk_version();

}  // namespace msunet::app
