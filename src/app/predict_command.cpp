// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <vector>

#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/experiment/validation_scans.hpp"
#include "msunet/settings/agreement.hpp"
#include "msunet/weights/ensemble.hpp"

namespace msunet::app {

using core::concat;

namespace {

/// On rank 0: options, the models of the architecture, and the preprocessing that is recorded in
/// their files. Returns the settings as YAML.
std::string read_all(std::span<const std::string> arguments,
                     std::vector<weights::TrainedModel>& models,
                     const unet::Architecture& architecture) {
    settings::PredictSettings unset;
    const auto command_line = experiment::with_validation_scans(
        config::parse_command_line(settings::predict_schema(unset), arguments));
    const auto asked = settings::read_predict_settings(command_line).predict;
    const auto files = asked.ensemble ? weights::ensemble_files(asked.model)
                                      : std::vector<std::filesystem::path>{asked.model};
    for (const auto& file : files) {
        models.push_back(weights::read_trained_model(architecture, file.string()));
    }
    for (const auto& notice : weights::notices_of(models)) core::log::info(notice);
    settings::check_agreement(models, command_line);
    const auto settings = settings::combine_settings(models.front(), command_line);
    core::log::info(concat(weights::models_text(models), ": ", settings::settings_text(settings)));
    if (std::ranges::all_of(models,
                            [](const auto& model) { return model.preprocessing.empty(); })) {
        core::log::info(
            concat(models.size() == 1 ? "the model's file does" : "the models' files do",
                   " not say how scans were prepared: options that are not given have "
                   "the defaults of training"));
    }
    if (asked.flip && !settings.mirrors()) {
        core::log::warn(
            "--flip changes nothing: with slices along axis 1 (--slice_axis) columns do not run "
            "between left and right");
    }
    return settings::predict_settings_yaml(settings);
}

core::ExitCode predict(std::span<const std::string> arguments) {
    return in_world(arguments, [&](const comm::Communicator& world) {
        const auto architecture = unet::published_architecture();
        std::vector<weights::TrainedModel> models;
        const auto yaml =
            comm::on_root(world, [&] { return read_all(arguments, models, architecture); });
        weights::share_trained_models(models, architecture, world);
        return load_engine().predict(settings::predict_settings_from_yaml(yaml), models, world);
    });
}

constexpr const char* explanation =
    "Strips skulls with a trained model. For every scan it writes <name>_mask (0 or 1) and "
    "<name>_likelihood (0 to 1), with --brain also the scan without its skull, each on the scan's "
    "own grid. How scans are prepared (size, patches, frame) is read from the model's file; "
    "options "
    "override it. Every slice is predicted in overlapping windows that cover it completely. Of a "
    "4-D scan one frame is used; mask and likelihood are 3-D, the brain has all frames.\n\n"
    "A scan whose results exist is skipped, so that the same command resumes after a stop. Results "
    "of another model, other options or another scan are refused (predictions.json in the output "
    "folder says what made them). Scans "
    "that can't be used are listed together at the end. Under mpirun or srun the scans are divided "
    "among the ranks; the number of ranks does not change the results.";

constexpr const char* predict_examples =
    "  msunet predict -m first new_scans -o masks\n"
    "        Masks and likelihoods of all scans of a folder.\n"
    "  msunet predict -m first/best_model.hdf5 mouse_7.nii.gz -o . --brain True\n"
    "        One scan, with the results beside it and the scan without its skull.\n"
    "  mpirun -n 4 msunet predict -m model_deployfirst.zip dataset -o results \\\n"
    "      --qc check.html\n"
    "        Four processes, and a page to check the masks.\n"
    "  msunet predict -m models new_scans -o masks --ensemble True --flip True\n"
    "        The mean over all models of a folder, each on slices and their mirror images.\n"
    "  msunet predict --validation first -o check --qc check.html\n"
    "        Dice of every validation scan against its mask, in check/dice.csv.\n"
    "  msunet predict -m first test/data -o check --reference test/masks\n"
    "        The same with other scans and masks.";

}  // namespace

Command predict_command() {
    using core::ExitCode;
    return {"predict",
            "predict -m MODEL [-o DIR] [OPTION…] INPUT… | predict --validation DIR [OPTION…]",
            "strip skulls with a trained model: masks, likelihoods, brains",
            explanation,
            predict_examples,
            {{ExitCode::ok},
             {ExitCode::failure},
             {ExitCode::usage},
             {ExitCode::input, "the other scans are predicted, unless an INPUT does not exist"},
             {ExitCode::stopped}},
            "  docs/predict.md    stripping skulls with a trained model",
            [](const auto& use) {
                settings::PredictSettings settings;
                use(settings::predict_schema(settings));
            },
            predict};
}

}  // namespace msunet::app
