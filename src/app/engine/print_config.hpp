// SPDX-License-Identifier: Apache-2.0
/// \file
/// `--print_config`: all options with the values that apply.
#pragma once

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::app {

/// Collective over `world`: writes the settings to stdout as YAML, with the metric and the start
/// model that apply. What the machine decides stays as it was given, so that the file holds
/// elsewhere; a remark says the value on this machine. Works with incomplete settings, too.
core::ExitCode print_config(const settings::TrainSettings& settings,
                            const comm::Communicator& world);

}  // namespace msunet::app
