# SPDX-License-Identifier: Apache-2.0
# msunet_test(<name> SOURCES <file>... MODULES <module>... [RANKS <n>...] [LABELS <label>...]
#             [TIMEOUT <seconds>] [PRIVATE <target>...])
#   The executable test_<name> from GoogleTest sources. With RANKS it runs under mpirun once per
#   count, as the CTest tests <name>.np<n>; without, as <name> and without MPI. A test that needs a
#   module that is left out of the build is left out too. Exit code 77 reads as skipped.

if(MSUNET_TESTS)
  find_package(GTest REQUIRED)
endif()

# Small machines and root in containers are ordinary here; libgomp's threads spin while they wait.
set(MSUNET_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_mpi_yield_when_idle=1
  OMPI_MCA_btl_vader_single_copy_mechanism=none
  OMP_NUM_THREADS=1)

function(msunet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;MODULES;RANKS;LABELS;PRIVATE")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "msunet_test(${name}): no SOURCES, or unknown arguments "
                        "'${arg_UNPARSED_ARGUMENTS}'")
  endif()
  foreach(module IN LISTS arg_MODULES)
    if(NOT TARGET msunet_${module})
      message(STATUS "Test ${name} is left out with module ${module}")
      return()
    endif()
  endforeach()
  msunet_existing(arg_SOURCES)
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()

  set(target test_${name})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE msunet_settings ${arg_PRIVATE} GTest::gmock)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    MSUNET_SHARED_DIR="${MSUNET_SHARED_DIR}" MSUNET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  foreach(module IN LISTS arg_MODULES)
    target_link_libraries(${target} PRIVATE msunet_${module})
  endforeach()

  if(arg_RANKS)
    target_link_libraries(${target} PRIVATE msunet_test_mpi_main)
    foreach(ranks IN LISTS arg_RANKS)
      add_test(NAME ${name}.np${ranks}
        COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:${target}>)
      msunet_test_properties(${name}.np${ranks} ${arg_TIMEOUT} ${ranks} mpi ${arg_LABELS})
    endforeach()
  else()
    target_link_libraries(${target} PRIVATE msunet_test_main)
    add_test(NAME ${name} COMMAND ${target})
    msunet_test_properties(${name} ${arg_TIMEOUT} 1 ${arg_LABELS})
  endif()
endfunction()

# msunet_test_properties(<test> <timeout> <processors> <label>...): what all tests have in common.
function(msunet_test_properties test timeout processors)
  set_tests_properties(${test} PROPERTIES
    TIMEOUT ${timeout} PROCESSORS ${processors} LABELS "${ARGN}" SKIP_RETURN_CODE 77
    ENVIRONMENT "${MSUNET_TEST_ENVIRONMENT}")
endfunction()
