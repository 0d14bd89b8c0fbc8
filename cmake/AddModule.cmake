# SPDX-License-Identifier: Apache-2.0
# msunet_layer(<module> [<module it may include>...] [OPTIONS <module>...])
#   One row of the module table in src/CMakeLists.txt. Of the modules after OPTIONS it may include
#   options.hpp alone, which needs no library, so it is not linked with them.
# msunet_add_layers()
#   Adds the folders of all modules in the table.
# msunet_module(<module> SOURCES <file>... [PRIVATE <target>...] [PUBLIC <target>...]
#               [COMPILE_OPTIONS <option>...] [PLUGIN])
#   The module's shared library msunet_<module>, alias msunet::<module>, linked with the modules in
#   its row of the table. A PLUGIN is built with the program, which loads it at run time.
# msunet_program(<name> SOURCES <file>... [MODULES <module>...] [PRIVATE <target>...])
#   The program <name> in the top folder of the build. MODULES are linked; it may load others.

define_property(GLOBAL PROPERTY MSUNET_MODULES)
define_property(GLOBAL PROPERTY MSUNET_PLUGINS)

function(msunet_layer module)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OPTIONS")
  set_property(GLOBAL APPEND PROPERTY MSUNET_MODULES ${module})
  set_property(GLOBAL PROPERTY MSUNET_LAYER_${module} "${arg_UNPARSED_ARGUMENTS}")
  set_property(GLOBAL PROPERTY MSUNET_OPTIONS_${module} "${arg_OPTIONS}")
endfunction()

# <module> and all modules that it depends on.
function(msunet_closure module result)
  set(closure ${module})
  get_property(uses GLOBAL PROPERTY MSUNET_LAYER_${module})
  foreach(used IN LISTS uses)
    msunet_closure(${used} below)
    list(APPEND closure ${below})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(${result} ${closure} PARENT_SCOPE)
endfunction()

function(msunet_is_heavy module result)
  msunet_closure(${module} closure)
  set(${result} OFF PARENT_SCOPE)
  foreach(heavy imaging model)
    if(heavy IN_LIST closure)
      set(${result} ON PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

function(msunet_add_layers)
  get_property(modules GLOBAL PROPERTY MSUNET_MODULES)
  foreach(module IN LISTS modules)
    msunet_is_heavy(${module} heavy)
    if(NOT (heavy AND MSUNET_LIGHT))
      add_subdirectory(${module})
    endif()
  endforeach()
endfunction()

function(msunet_module module)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PLUGIN" "" "SOURCES;PRIVATE;PUBLIC;COMPILE_OPTIONS")
  get_property(modules GLOBAL PROPERTY MSUNET_MODULES)
  if(NOT module IN_LIST modules OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "msunet_module(${module}): not in the module table, or unknown arguments "
                        "'${arg_UNPARSED_ARGUMENTS}'")
  endif()
  set(target msunet_${module})
  add_library(${target} SHARED ${arg_SOURCES})
  add_library(msunet::${module} ALIAS ${target})
  set_target_properties(${target} PROPERTIES DEFINE_SYMBOL "")  # not used
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                       PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${arg_COMPILE_OPTIONS})
  target_link_libraries(${target} PRIVATE msunet_build_settings ${arg_PRIVATE} PUBLIC ${arg_PUBLIC})
  if(NOT module IN_LIST MSUNET_OPTIMISED_MODULES)
    target_link_libraries(${target} PRIVATE msunet_quick_compilation)
  endif()
  get_property(uses GLOBAL PROPERTY MSUNET_LAYER_${module})
  foreach(used IN LISTS uses)
    target_link_libraries(${target} PUBLIC msunet_${used})
  endforeach()
  if(arg_PLUGIN)
    set_property(GLOBAL APPEND PROPERTY MSUNET_PLUGINS ${target})
  endif()
endfunction()

function(msunet_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;MODULES;PRIVATE")
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include
                                             ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE msunet_build_settings msunet_quick_compilation
                                        ${arg_PRIVATE})
  foreach(module IN LISTS arg_MODULES)
    target_link_libraries(${name} PRIVATE msunet_${module})
  endforeach()
endfunction()
