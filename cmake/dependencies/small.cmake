# SPDX-License-Identifier: Apache-2.0
# Small libraries, each found by pkg-config or by its CMake package.

function(msunet_pkg_config name package)
  pkg_check_modules(MSUNET_${name} REQUIRED IMPORTED_TARGET ${package})
  add_library(msunet_${name} INTERFACE)
  add_library(msunet::${name} ALIAS msunet_${name})
  target_link_libraries(msunet_${name} INTERFACE PkgConfig::MSUNET_${name})
endfunction()

function(msunet_package name target)
  add_library(msunet_${name} INTERFACE)
  add_library(msunet::${name} ALIAS msunet_${name})
  target_link_libraries(msunet_${name} INTERFACE ${target})
endfunction()

msunet_pkg_config(zip libzip)
msunet_pkg_config(png libpng)
msunet_pkg_config(cairo cairo-svg)
msunet_pkg_config(xxhash libxxhash)
msunet_pkg_config(yaml yaml-cpp)

find_package(Boost CONFIG REQUIRED COMPONENTS program_options)
msunet_package(boost_program_options Boost::program_options)

# Boost.Random's quasi-random engines are header-only.
msunet_package(boost_random Boost::headers)

find_package(ZLIB REQUIRED)
msunet_package(zlib ZLIB::ZLIB)

find_package(nlohmann_json REQUIRED)
msunet_package(json nlohmann_json::nlohmann_json)

# Debian's spdlog uses Debian's fmt, libtorch contains another: no file may include both.
find_package(spdlog REQUIRED)
msunet_package(spdlog spdlog::spdlog)
