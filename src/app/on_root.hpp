// SPDX-License-Identifier: Apache-2.0
/// \file
/// Work that rank 0 alone does while the others wait, with failures that all of them learn of.
#pragma once

#include <functional>
#include <string>

#include "msunet/comm/communicator.hpp"

namespace msunet::app {

/// Collective over `world`: rank 0 runs `work`, all get its text. What rank 0 throws is thrown on
/// every rank as core::Error with the same exit code and problems, so that all end alike.
std::string on_root(const comm::Communicator& world, const std::function<std::string()>& work);

}  // namespace msunet::app
