// SPDX-License-Identifier: Apache-2.0
/// \file
/// The heavy half of the program: libtorch, ITK and all that needs them. It is a library that only
/// the commands that need it load, so that --help and a mistyped option respond at once.
#pragma once

#include <span>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/phantom/options.hpp"
#include "msunet/settings/bench_settings.hpp"
#include "msunet/settings/predict_settings.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::app {

/// The functions of the engine library. Exceptions pass through them.
class Engine {
public:
    virtual ~Engine() = default;

    /// Collective over `world`: trains the sweep, or with `--dry_run` prints what it would do, with
    /// `--print_config` its options.
    virtual core::ExitCode train(const settings::TrainSettings& settings,
                                 const comm::Communicator& world) const = 0;
    /// Collective over `world`: times training steps and prints a table.
    virtual core::ExitCode bench(const settings::BenchSettings& settings,
                                 const comm::Communicator& world) const = 0;
    /// Collective over `world`: predicts with the mean of models that all ranks have, at least one.
    virtual core::ExitCode predict(const settings::PredictSettings& settings,
                                   std::span<const weights::TrainedModel> models,
                                   const comm::Communicator& world) const = 0;
    /// Writes the phantom data set.
    virtual void phantom(const phantom::PhantomOptions& options) const = 0;
};

/// Loads the library beside the program, once. Throws core::Error where it can't be loaded.
const Engine& load_engine();

/// Name of the C function in the library that returns the engine.
inline constexpr const char* engine_symbol = "msunet_engine";

}  // namespace msunet::app
