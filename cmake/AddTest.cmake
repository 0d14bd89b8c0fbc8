# SPDX-License-Identifier: Apache-2.0
# msunet_test(<name> SOURCES <file>... MODULES <module>... [RANKS <n>...] [LABELS <label>...]
#             [TIMEOUT <seconds>] [PRIVATE <target>...])
#   The executable test_<name> from GoogleTest sources. With RANKS it runs under mpirun, once per
#   number of ranks, as the CTest tests <name>.np<n>; otherwise as <name> and without MPI. A test is
#   left out of the build if one of its modules is. Exit code 77 means skipped.
# msunet_test_program(<name> SOURCES <file>... MODULES <module>... [PRIVATE <target>...])
#   A small program for tests in other languages, in the folder bin of the build.
# msunet_interop_test(<name> SCRIPT <file.py> [NEEDS <target>...] [ARGS <argument>...]
#                     [TIMEOUT <seconds>] [LABELS <label>...])
#   A Python test against the reference libraries, with the label interop, run by the Python of
#   scripts/interop-env.sh; skipped with the reason if there is none. The environment variables
#   MSUNET_SOURCE_DIR, MSUNET_PROGRAM, MSUNET_TALOS2 (folder of Talos 2) and MSUNET_SEEDED_START
#   (folder of start models that Keras made) are set.

set(MSUNET_INTEROP_PYTHON ${PROJECT_SOURCE_DIR}/.deps/interop-venv/bin/python CACHE FILEPATH
    "Python with Keras, SimpleITK and Talos, as scripts/interop-env.sh makes it")

if(MSUNET_TESTS)
  find_package(GTest REQUIRED)
endif()

# Where tests/reference puts start models.
set(MSUNET_KERAS_START_DIR ${PROJECT_BINARY_DIR}/reference/keras)
set(MSUNET_SEEDED_START_DIR ${PROJECT_BINARY_DIR}/reference/seeded)

# Tests must run on small machines and as root in containers; waiting threads of libgomp would spin.
set(MSUNET_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe  # the same for Open MPI 5
  OMPI_MCA_mpi_yield_when_idle=1
  OMPI_MCA_btl_vader_single_copy_mechanism=none
  OMP_NUM_THREADS=1
  GTEST_COLOR=no
  LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0)

# msunet_test_executable(<target> <result> SOURCES... MODULES... PRIVATE...): common part of
# msunet_test and msunet_test_program. <result> is OFF if a module is left out of the build.
function(msunet_test_executable target result)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;MODULES;PRIVATE")
  set(${result} OFF PARENT_SCOPE)
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "${target}: no SOURCES, or unknown arguments '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  foreach(module IN LISTS arg_MODULES)
    if(NOT TARGET msunet_${module})
      message(STATUS "${target} is left out with module ${module}")
      return()
    endif()
  endforeach()
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE msunet_build_settings msunet_quick_compilation
                                          ${arg_PRIVATE})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    MSUNET_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    MSUNET_KERAS_START_DIR="${MSUNET_KERAS_START_DIR}")
  foreach(module IN LISTS arg_MODULES)
    target_link_libraries(${target} PRIVATE msunet_${module})
  endforeach()
  set(${result} ON PARENT_SCOPE)
endfunction()

function(msunet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "RANKS;LABELS;SOURCES;MODULES;PRIVATE")
  set(target test_${name})
  msunet_test_executable(${target} made SOURCES ${arg_SOURCES} MODULES ${arg_MODULES}
    PRIVATE ${arg_PRIVATE} GTest::gmock ${arg_UNPARSED_ARGUMENTS})
  if(NOT made)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
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

function(msunet_test_program name)
  msunet_test_executable(${name} made ${ARGN})
endfunction()

function(msunet_interop_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SCRIPT;TIMEOUT" "NEEDS;ARGS;LABELS")
  foreach(target IN LISTS arg_NEEDS)
    if(NOT TARGET ${target})
      message(STATUS "Test ${name} is left out with ${target}")
      return()
    endif()
  endforeach()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  cmake_path(GET MSUNET_INTEROP_PYTHON PARENT_PATH bin)
  cmake_path(GET bin PARENT_PATH environment)
  cmake_path(ABSOLUTE_PATH arg_SCRIPT)
  add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/support/interop.sh
    ${MSUNET_INTEROP_PYTHON} ${arg_SCRIPT} ${arg_ARGS})
  msunet_test_properties(${name} ${arg_TIMEOUT} 1 interop ${arg_LABELS})
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
    MSUNET_SOURCE_DIR=${PROJECT_SOURCE_DIR} MSUNET_SEEDED_START=${MSUNET_SEEDED_START_DIR}
    MSUNET_PROGRAM=${PROJECT_BINARY_DIR}/msunet MSUNET_TALOS2=${environment}/talos2
    TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=)
endfunction()

# msunet_test_properties(<test> <timeout> <processors> <label>...): sets properties of a test.
function(msunet_test_properties test timeout processors)
  if(MSUNET_SANITIZE AND NOT MSUNET_LIGHT)
    # The modules that compute are that much slower under sanitizers.
    math(EXPR timeout "10 * ${timeout}")
  endif()
  # Tests of several processes begin first, while there are others to run beside them.
  set_tests_properties(${test} PROPERTIES
    TIMEOUT ${timeout} PROCESSORS ${processors} COST ${processors} LABELS "${ARGN}" SKIP_RETURN_CODE 77
    ENVIRONMENT "${MSUNET_TEST_ENVIRONMENT}")
endfunction()
