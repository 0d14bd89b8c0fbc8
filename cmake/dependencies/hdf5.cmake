# SPDX-License-Identifier: Apache-2.0
# msunet::hdf5: parallel HDF5, found by pkg-config: FindHDF5 and ITK prefer the serial library if
# both are installed, and the headers of the two must not be mixed.

# Debian's name first; elsewhere the only HDF5 of the environment is the parallel one.
pkg_search_module(MSUNET_HDF5 REQUIRED IMPORTED_TARGET hdf5-openmpi hdf5)
add_library(msunet_hdf5 INTERFACE)
add_library(msunet::hdf5 ALIAS msunet_hdf5)
target_link_libraries(msunet_hdf5 INTERFACE PkgConfig::MSUNET_HDF5 msunet::mpi)
