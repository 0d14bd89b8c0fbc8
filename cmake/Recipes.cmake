# SPDX-License-Identifier: Apache-2.0
# msunet_recipes: the source file that contains the YAML of --recipe.

# The recipes are embedded: the program finds them wherever it is installed.
foreach(recipe IN ITEMS quick:first_try good:good_model)
  string(REPLACE ":" ";" recipe ${recipe})
  list(GET recipe 0 name)
  list(GET recipe 1 file)
  set(file ${PROJECT_SOURCE_DIR}/configs/${file}.yaml)
  string(TOUPPER RECIPE_${name} variable)
  file(READ ${file} ${variable})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
set(msunet_recipes ${PROJECT_BINARY_DIR}/recipes.cpp)
configure_file(${PROJECT_SOURCE_DIR}/src/settings/recipes.cpp.in ${msunet_recipes} @ONLY)
