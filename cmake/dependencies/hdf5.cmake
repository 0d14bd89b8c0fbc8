# SPDX-License-Identifier: Apache-2.0
# msunet::hdf5: parallel HDF5. By pkg-config, because FindHDF5 and ITK's own search both prefer the
# serial library where both are installed, and their headers must not mix.

pkg_check_modules(MSUNET_HDF5 REQUIRED IMPORTED_TARGET hdf5-openmpi)
add_library(msunet_hdf5 INTERFACE)
add_library(msunet::hdf5 ALIAS msunet_hdf5)
target_link_libraries(msunet_hdf5 INTERFACE PkgConfig::MSUNET_HDF5 msunet::mpi)
