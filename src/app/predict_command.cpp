// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "on_root.hpp"

namespace msunet::app {

using core::concat;

namespace {

/// Rank 0: options, the model of `model.architecture`, and what it says of its preprocessing.
std::string read_all(std::span<const std::string> arguments, TrainedModel& model) {
    PredictSettings unset;
    const auto command_line = config::parse_command_line(predict_schema(unset), arguments);
    model =
        read_trained_model(model.architecture, read_predict_settings(command_line).predict.model);
    const auto settings = combine_settings(model, command_line);
    core::log::info(concat("model ", model.origin, ": ", settings_text(settings)));
    if (model.preprocessing.empty()) {
        core::log::info(
            "the model's file says nothing about its preprocessing: training's defaults hold where "
            "no option is given");
    }
    return predict_settings_yaml(settings);
}

core::ExitCode predict(std::span<const std::string> arguments) {
    return in_world(arguments, [&](const comm::Communicator& world) {
        TrainedModel model{.architecture = unet::published_architecture()};
        const auto yaml = on_root(world, [&] { return read_all(arguments, model); });
        share_trained_model(model, world);
        return load_engine().predict(predict_settings_from_yaml(yaml), model, world);
    });
}

constexpr const char* explanation =
    "Strips skulls with a trained model. For every scan it writes <name>_mask (0 or 1) and "
    "<name>_likelihood (0 to 1), with --brain also the scan without its skull, each on the scan's "
    "own grid. The model's file says how scans are prepared (size, patches, frame); options change "
    "it. Every slice is predicted, through windows that overlap and reach every border. Of a 4-D "
    "scan one frame is used, and the results are 3-D.\n\n"
    "A scan whose results exist is skipped, so that a command that was stopped goes on when it is "
    "given again. Scans that can't be used are listed together at the end, the others are done; "
    "the exit code is then 3. Under mpirun or srun the scans are dealt over the ranks; the results "
    "are the same on any number of them.";

constexpr const char* closing =
    "Examples\n"
    "  msunet predict -m first new_scans -o masks\n"
    "        Masks and likelihoods of all scans of a folder.\n"
    "  msunet predict -m first/best_model.hdf5 mouse_7.nii.gz -o . --brain True\n"
    "        Of one scan, beside it, with the scan without its skull.\n"
    "  mpirun -n 4 msunet predict -m model_deployfirst.zip dataset -o results \\\n"
    "      --qc look.html\n"
    "        Four processes, and a page to look the masks over.\n"
    "  msunet predict -m first validation/data -o check --reference validation/masks\n"
    "        Dice by scan against manual masks, in check/dice.csv.\n"
    "\n"
    "Exit codes\n"
    "  0   all scans are done\n"
    "  1   a result could not be written, or another failure\n"
    "  2   options, input that does not exist, output folder\n"
    "  3   the model or some scans can't be used; the other scans are done\n"
    "  75  stopped by a signal; the same command goes on\n"
    "\n"
    "More, in the source folder\n"
    "  docs/predict.md";

}  // namespace

Command predict_command() {
    return {"predict",
            "predict -m MODEL [-o DIR] [OPTION…] INPUT…",
            "strip skulls with a trained model: masks, likelihoods, brains",
            explanation,
            closing,
            [](const auto& use) {
                PredictSettings settings;
                use(predict_schema(settings));
            },
            predict};
}

}  // namespace msunet::app
