// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which libtorch the program runs with.
#pragma once

#include <initializer_list>

namespace msunet::job {

/// Environment variable with the folder of another libtorch than the one found at installation: the
/// folder that holds libtorch's lib/.
inline constexpr const char* libtorch_variable = "MSUNET_LIBTORCH_DIR";

/// If the variable is set, loads these libraries of that libtorch. Libraries of this program that
/// are loaded afterwards use them, since the loader knows libraries by their names.
/// \throws core::UsageError where one is missing or can't be loaded.
void load_chosen_libtorch(std::initializer_list<const char*> libraries);

}  // namespace msunet::job
