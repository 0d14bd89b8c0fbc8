// SPDX-License-Identifier: Apache-2.0
#include "print_config.hpp"

#include <iostream>
#include <utility>

#include "msunet/comm/on_root.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/start_files.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::app {

using core::concat;

namespace {

/// By the files of the folder; by the option alone where the folder can't be listed.
bool has_validation(const settings::TrainSettings& settings) {
    if (settings.split.folds) return true;
    const double split = settings.split.validation_split;
    try {
        const auto folder = prepare::list_folder(settings.folders.training_data_path, "-tpath");
        return prepare::validation_count(folder.files.size(), split) > 0;
    } catch (const core::InputError&) {
        return split > 0;
    }
}

std::string start_model_text(const settings::TrainSettings& settings) {
    const auto& experiment = settings.experiment;
    try {
        return plan::weights_text(weights::start_weights_hash(
            unet::published_architecture(), experiment.initial_model_path,
            static_cast<std::uint64_t>(experiment.seed)));
    } catch (const core::InputError& error) {
        return concat("A start refuses it: ", error.problems().front());
    }
}

/// Collective over `world`: what the machine decides, and the start model.
config::Remarks remarks_on(const settings::TrainSettings& settings,
                           const comm::Communicator& world) {
    config::Remarks remarks;
    const auto here = [&remarks](const char* option, const std::string& value) {
        remarks[option] = concat("On this machine: ", value, ".");
    };
    job::undo_launcher_binding();
    const comm::NodeTopology topology(world);
    // A precision or a GPU that was asked for may be one of another machine.
    auto automatic = settings;
    automatic.train.precision.reset();
    auto& device = automatic.train.device;
    if (device == core::Device::gpu) device = core::Device::automatic;
    const device::Compute compute(automatic, topology);
    if (!settings.train.precision) here("precision", compute.precision_name());
    if (!settings.train.threads) {
        const auto nodes = job::describe_nodes(topology, compute.visible_devices());
        here("threads", std::to_string(plan::threads_of_rank(settings, nodes, topology)));
    }
    remarks["initial_model_path"] =
        comm::on_root(world, [&] { return start_model_text(settings); });
    return remarks;
}

}  // namespace

core::ExitCode print_config(const settings::TrainSettings& settings,
                            const comm::Communicator& world) {
    const auto remarks = remarks_on(settings, world);
    if (!world.is_root()) return core::ExitCode::ok;
    auto shown = settings;
    auto& metric = shown.sweep.metric;
    if (!metric) metric = record::default_metric(has_validation(settings));
    auto& model = shown.experiment.initial_model_path;
    model = weights::start_model_name(model);
    std::cout << settings::settings_yaml(shown, remarks) << std::flush;
    return core::ExitCode::ok;
}

}  // namespace msunet::app
