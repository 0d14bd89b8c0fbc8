// SPDX-License-Identifier: Apache-2.0
#include "msunet/job/version.hpp"

namespace msunet::job {

std::string_view version() { return MSUNET_VERSION; }
std::string_view commit() { return MSUNET_COMMIT; }
std::string_view build() { return MSUNET_BUILD; }

}  // namespace msunet::job
