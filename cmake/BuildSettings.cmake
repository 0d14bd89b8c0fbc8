# SPDX-License-Identifier: Apache-2.0
# Language, output folders, compiler cache; msunet_build_settings: warnings and sanitizers for our code.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
endif()

# The program loads some of its libraries at run time and finds them relative to itself, so that a
# build or an installed tree can be moved.
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
# libtorch is found through a link beside the installed libraries, CUDA's libraries beside libtorch.
set(libtorch $ORIGIN/msunet/libtorch)
set(nvidia ${libtorch}/../../nvidia)
set(CMAKE_INSTALL_RPATH
    $ORIGIN $ORIGIN/../lib ${libtorch} ${nvidia}/cu13/lib ${nvidia}/nccl/lib)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# With CMAKE_UNITY_BUILD, which scripts/build.sh sets, so many files are compiled as one.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 20)

find_program(MSUNET_CCACHE ccache)
if(MSUNET_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MSUNET_CCACHE})
endif()

add_library(msunet_build_settings INTERFACE)
target_compile_options(msunet_build_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -Wredundant-decls
  $<$<BOOL:${MSUNET_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  # False in moves of std::variant and in libtorch's functions once they are inlined (seen with 14).
  target_compile_options(msunet_build_settings INTERFACE
    -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(CMAKE_UNITY_BUILD)
  # Several files in one translation unit see each other's unnamed namespaces.
  target_compile_options(msunet_build_settings INTERFACE
    -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
# For code without long loops: a release build compiles it with -O1, which takes a sixth less time.
# With -O1 GCC 12 warns falsely that members of std::variant may be uninitialised.
add_library(msunet_quick_compilation INTERFACE)
target_compile_options(msunet_quick_compilation INTERFACE $<$<CONFIG:Release>:-O1>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Debian's linker keeps unused libraries by default; loading them would slow down the start.
target_link_options(msunet_build_settings INTERFACE -Wl,--as-needed)

if(MSUNET_SANITIZE)
  target_compile_options(msunet_build_settings INTERFACE
    -fsanitize=${MSUNET_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(msunet_build_settings INTERFACE -fsanitize=${MSUNET_SANITIZE})
  if(NOT MSUNET_LIGHT)
    # The iterators in ITK's headers add offsets to null pointers.
    target_compile_options(msunet_build_settings INTERFACE -fno-sanitize=pointer-overflow)
  endif()
endif()
