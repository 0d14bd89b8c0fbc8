# SPDX-License-Identifier: Apache-2.0
# msunet::mpi: MPI's C interface. The C++ bindings of MPI-2 are left out.

set(MPI_CXX_SKIP_MPICXX ON)
find_package(MPI REQUIRED COMPONENTS CXX)
add_library(msunet_mpi INTERFACE)
add_library(msunet::mpi ALIAS msunet_mpi)
target_link_libraries(msunet_mpi INTERFACE MPI::MPI_CXX)
