# SPDX-License-Identifier: Apache-2.0
# msunet::hdf5: parallel HDF5, found by pkg-config: FindHDF5 and ITK prefer the serial library if
# both are installed, and the headers of the two must not be mixed.

pkg_check_modules(MSUNET_HDF5 REQUIRED IMPORTED_TARGET hdf5-openmpi)
add_library(msunet_hdf5 INTERFACE)
add_library(msunet::hdf5 ALIAS msunet_hdf5)
target_link_libraries(msunet_hdf5 INTERFACE PkgConfig::MSUNET_HDF5 msunet::mpi)
