// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether the models of an ensemble see scans in the same way.
#pragma once

#include <span>

#include "msunet/config/parse.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::settings {

/// Throws core::UsageError unless scans become the input of all models in the same way; it names
/// the first model, the first that differs from it, and in what. Settings are those of
/// `combine_settings`: options on the command line hold for all models. Throws what it throws.
void check_agreement(std::span<const weights::TrainedModel> models,
                     const config::Settings& command_line);

}  // namespace msunet::settings
