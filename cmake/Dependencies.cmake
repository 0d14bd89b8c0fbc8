# SPDX-License-Identifier: Apache-2.0
# Every library from outside as an imported target msunet::<name>. Modules name these alone.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

include(dependencies/mpi)
include(dependencies/hdf5)
include(dependencies/small)
if(NOT MSUNET_LIGHT)
  include(dependencies/itk)
  include(dependencies/torch)
endif()
