// SPDX-License-Identifier: Apache-2.0
// What the program finds in the engine library.

#include "../engine.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/measure/bench.hpp"
#include "msunet/phantom/phantom.hpp"
#include "predict_scans.hpp"
#include "train_sweep.hpp"

namespace msunet::app {

namespace {

class LoadedEngine final : public Engine {
public:
    core::ExitCode train(const settings::TrainSettings& settings,
                         const comm::Communicator& world) const override {
        return train_sweep(settings, world);
    }

    core::ExitCode bench(const settings::BenchSettings& settings,
                         const comm::Communicator& world) const override {
        return measure::bench_training(settings, world);
    }

    core::ExitCode predict(const settings::PredictSettings& settings,
                           std::span<const weights::TrainedModel> models,
                           const comm::Communicator& world) const override {
        return predict_scans(settings, models, world);
    }

    void phantom(const phantom::PhantomOptions& options) const override {
        const auto scans = phantom::write(options);
        core::log::info(core::concat("wrote ", core::counted(std::ssize(scans), "scan"), " of ",
                                     core::counted(options.animals, "animal"),
                                     " with their masks to ", options.output, "/data and ",
                                     options.output, "/masks"));
    }
};

}  // namespace

}  // namespace msunet::app

extern "C" const msunet::app::Engine* msunet_engine() {
    static const msunet::app::LoadedEngine engine;
    return &engine;
}
