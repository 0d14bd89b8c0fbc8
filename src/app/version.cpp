// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

namespace msunet::app {

std::string_view version() { return MSUNET_VERSION; }
std::string_view commit() { return MSUNET_COMMIT; }

}  // namespace msunet::app
