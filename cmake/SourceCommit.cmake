# SPDX-License-Identifier: Apache-2.0
# MSUNET_COMMIT: the commit of the source, or "unknown". Each commit configures again.

set(MSUNET_COMMIT unknown)
find_program(MSUNET_GIT git)
mark_as_advanced(MSUNET_GIT)
if(MSUNET_GIT)
  execute_process(COMMAND ${MSUNET_GIT} describe --always --dirty --abbrev=12 --match=no-tag
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                  OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                  RESULT_VARIABLE failed)
  if(NOT failed)
    set(MSUNET_COMMIT ${described})
    execute_process(COMMAND ${MSUNET_GIT} rev-parse --git-path logs/HEAD
                    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                    OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE)
    get_filename_component(log "${log}" ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
    if(EXISTS "${log}")
      set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log}")
    endif()
  endif()
endif()
