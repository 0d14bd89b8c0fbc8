// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the name of an experiment may be: that of a folder, and part of the names of files.
#pragma once

#include <string>

namespace msunet::settings {

/// Throws core::UsageError where no experiment can have this name. `option`: that named it.
void check_experiment_name(const std::string& option, const std::string& name);

}  // namespace msunet::settings
