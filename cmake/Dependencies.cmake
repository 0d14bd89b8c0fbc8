# SPDX-License-Identifier: Apache-2.0
# Imported targets msunet::<name> of all external libraries. Modules link only these.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

include(dependencies/mpi)
include(dependencies/hdf5)
include(dependencies/small)
if(NOT MSUNET_LIGHT)
  include(dependencies/itk)
  include(dependencies/torch)
endif()
