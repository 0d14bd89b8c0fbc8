# SPDX-License-Identifier: Apache-2.0
# msunet::itk: the ITK components that imaging uses. ITK's CMake package finds serial HDF5.
# Therefore it is searched inside a function, which keeps its variables local, and folders of HDF5
# are removed.

function(msunet_find_itk)
  set(CMAKE_MESSAGE_LOG_LEVEL NOTICE)  # Debian's GDCM reports missing tools that we don't need.
  find_package(ITK REQUIRED COMPONENTS
    ITKCommon ITKTransform ITKImageGrid ITKImageFunction ITKImageIntensity ITKImageStatistics
    ITKConnectedComponents ITKDistanceMap ITKLabelMap ITKThresholding ITKSmoothing ITKIOImageBase ITKIONIFTI)
  list(FILTER ITK_INCLUDE_DIRS EXCLUDE REGEX "hdf5")
  add_library(msunet_itk INTERFACE)
  add_library(msunet::itk ALIAS msunet_itk)
  target_include_directories(msunet_itk SYSTEM INTERFACE ${ITK_INCLUDE_DIRS})
  target_link_libraries(msunet_itk INTERFACE ${ITK_LIBRARIES})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_compile_options(msunet_itk INTERFACE
      "SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/dependencies/itk_for_clang.hpp")
  endif()
  set(CMAKE_MESSAGE_LOG_LEVEL STATUS)
  message(STATUS "ITK ${ITK_VERSION_MAJOR}.${ITK_VERSION_MINOR}.${ITK_VERSION_PATCH}")
endfunction()
msunet_find_itk()
