# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` and CPack put into a prefix, which may be moved afterwards:
#   bin/msunet, lib/libmsunet_*.so, include/msunet (light modules), lib/cmake/msunet,
#   lib/msunet/libtorch (a link to libtorch's libraries, or a copy with MSUNET_BUNDLE_LIBTORCH),
#   share/msunet (configs, slurm, docs), share/man/man1, share/bash-completion.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

option(MSUNET_BUNDLE_LIBTORCH "Install a copy of libtorch (4.6 GB with CUDA) instead of a link" OFF)

set(msunet_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/msunet)
set(msunet_share ${CMAKE_INSTALL_DATADIR}/msunet)

get_property(modules GLOBAL PROPERTY MSUNET_MODULES)
set(light)
set(heavy)
foreach(module IN LISTS modules)
  msunet_is_heavy(${module} is_heavy)
  if(is_heavy AND TARGET msunet_${module})
    list(APPEND heavy msunet_${module})
  elseif(TARGET msunet_${module})
    set_target_properties(msunet_${module} PROPERTIES EXPORT_NAME ${module})
    list(APPEND light msunet_${module})
  endif()
endforeach()
list(REMOVE_ITEM heavy msunet_app)

install(TARGETS msunet RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS msunet_app msunet_engine ${heavy} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS ${light} EXPORT msunet LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT msunet NAMESPACE msunet:: FILE msunetConfig.cmake DESTINATION ${msunet_package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/msunetConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/msunetConfigVersion.cmake DESTINATION ${msunet_package_folder})
foreach(target IN LISTS light)
  string(REPLACE msunet_ "" module ${target})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/msunet/${module}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/msunet)
  get_property(described GLOBAL PROPERTY MSUNET_OPTIONS_${module})
  foreach(other IN LISTS described)
    install(FILES ${PROJECT_SOURCE_DIR}/include/msunet/${other}/options.hpp
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/msunet/${other})
  endforeach()
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/configs ${PROJECT_SOURCE_DIR}/docs DESTINATION ${msunet_share})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/slurm DESTINATION ${msunet_share} USE_SOURCE_PERMISSIONS)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
              ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${msunet_share})

# The program writes its man pages and completion from the descriptions of its options.
set(msunet_manuals ${PROJECT_BINARY_DIR}/manuals)
add_custom_command(OUTPUT ${msunet_manuals}/complete
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/write_manuals.sh $<TARGET_FILE:msunet> ${msunet_manuals}
  DEPENDS msunet msunet_app ${PROJECT_SOURCE_DIR}/cmake/write_manuals.sh VERBATIM)
add_custom_target(manuals ALL DEPENDS ${msunet_manuals}/complete)
install(DIRECTORY ${msunet_manuals}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${msunet_manuals}/msunet
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# The layout of the wheel is kept: libtorch's own libraries find CUDA's by their relative run path.
if(MSUNET_BUNDLE_LIBTORCH)
  install(DIRECTORY ${msunet_torch_dir}/lib
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/msunet/site-packages/torch
          FILES_MATCHING PATTERN "*.so*" PATTERN "libtorch_python.so" EXCLUDE)
  if(MSUNET_HAS_CUDA)
    install(DIRECTORY ${msunet_nvidia} DESTINATION ${CMAKE_INSTALL_LIBDIR}/msunet/site-packages
            FILES_MATCHING PATTERN "*.so*")
  endif()
  set(msunet_torch_link site-packages/torch/lib)
else()
  set(msunet_torch_link ${msunet_torch_dir}/lib)
endif()
install(CODE "
  set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/msunet\")
  file(MAKE_DIRECTORY \"\${folder}\")
  file(CREATE_LINK \"${msunet_torch_link}\" \"\${folder}/libtorch\" SYMBOLIC)")

set(CPACK_PACKAGE_VENDOR "msunet authors")
set(CPACK_PACKAGE_CONTACT "see the project's issue tracker")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# Found in the programs' libraries; libtorch is not a package of the distribution.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS openmpi-bin)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
