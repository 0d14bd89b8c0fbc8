// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

namespace msunet::app {

std::string_view version() { return MSUNET_VERSION; }

}  // namespace msunet::app
