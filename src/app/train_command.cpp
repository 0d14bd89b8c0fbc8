// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::app {

namespace {

/// What the command line asks for, as rank 0 read it.
struct Request {
    std::string yaml;  ///< of all settings
    bool print_config = false;
    bool dry_run = false;
};

template <class Archive, codec::Is<Request> T>
void fields(Archive& archive, T& request) {
    archive("yaml", request.yaml);
    archive("print_config", request.print_config);
    archive("dry_run", request.dry_run);
}

core::ExitCode run_in_world(std::span<const std::string> arguments,
                            const comm::Communicator& world) {
    const auto request = comm::on_root(world, [&] {
        const auto settings = settings::read_train_settings(arguments);
        return Request{settings::settings_yaml(settings), settings.command.print_config,
                       settings.command.dry_run};
    });
    auto settings = settings::settings_from_yaml(request.yaml);
    settings.command.print_config = request.print_config;
    settings.command.dry_run = request.dry_run;
    return load_engine().train(settings, world);
}

core::ExitCode train(std::span<const std::string> arguments) {
    return in_world(
        arguments, [&](const comm::Communicator& world) { return run_in_world(arguments, world); });
}

constexpr const char* train_examples =
    "  msunet -tpath scans/data -mpath scans/masks -ts 64 --dry_run\n"
    "        A check first: pairs, sizes, memory, an estimate of the time.\n"
    "  msunet -tpath scans/data -mpath scans/masks --recipe quick -n first\n"
    "        A first model in minutes; after a stop the same command resumes.\n"
    "  mpirun -n 2 msunet -tpath scans/data -mpath scans/masks -ts 64 -n sweep \\\n"
    "      -talos \"{'lr': [0.001, 0.005], 'dropout': [0.25, 0.5], 'epochs': 20}\"\n"
    "        A sweep of four permutations, two trials at a time.\n"
    "  msunet --config configs/fine_tuning.yaml -path sweep/best_model.hdf5 \\\n"
    "      -tpath scans/data -mpath scans/masks -n tuned\n"
    "        Options from a file; training continues from a trained model.";

constexpr const char* reading =
    "  docs/quick_start.md        from scans to a model\n"
    "  docs/choosing_a_grid.md    what to try first, and how long it takes\n"
    "  docs/options.md            coming from msUNET-RAM, option by option\n"
    "  docs/slurm.md              clusters\n"
    "  docs/formats.md            every file that is written";

}  // namespace

Command train_command() {
    using core::ExitCode;
    return {"train",
            "[train] -tpath FOLDER -mpath FOLDER [OPTION…]",
            "train the network, once or over a grid of hyperparameters",
            "Trains U-Nets on two folders of NIfTI files, volumes and masks: one trial for every "
            "permutation of the parameter grid. Tables, histories and the best model are written "
            "to the experiment's folder. It runs alone, under mpirun or under srun. Started again "
            "with the same options it resumes where it stopped.",
            train_examples,
            {{ExitCode::ok, "nothing left to do; ended by a limit of the sweep"},
             {ExitCode::failure},
             {ExitCode::usage, "a resume with other options or data"},
             {ExitCode::input},
             {ExitCode::trials_failed, "the refit failed"},
             {ExitCode::stopped}},
            reading,
            [](const auto& use) {
                settings::TrainSettings settings;
                use(settings::train_schema(settings));
            },
            train};
}

}  // namespace msunet::app
