// SPDX-License-Identifier: Apache-2.0
/// \file
/// Versions of the libraries that the program runs with.
#pragma once

#include <string>

namespace msunet::device {

/// MPI library's version in a few words: "Open MPI v4.1.4".
std::string mpi_version();
/// "2.11.0", as compiled against.
std::string libtorch_version();
/// "5.2.1", as compiled against.
std::string itk_version();
/// "v3.7.1": libtorch's, which some convolutions use.
std::string onednn_version();
/// "2024.2": libtorch's, for linear algebra.
std::string mkl_version();
/// "1.74", as compiled against: draws of permutations.
std::string boost_version();
/// "2.36": the mathematical functions.
std::string glibc_version();
/// "AMD EPYC 9B45, AVX512, kernels for AVX512_BF16": this machine's processor, the vector
/// instructions that libtorch may use, and those that our kernels use.
std::string processor();

}  // namespace msunet::device
