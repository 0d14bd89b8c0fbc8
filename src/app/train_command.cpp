// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "on_root.hpp"
#include "settings.hpp"

namespace msunet::app {

namespace {

core::ExitCode run_in_world(std::span<const std::string> arguments,
                            const comm::Communicator& world) {
    bool print = false;
    bool dry_run = false;
    const auto yaml = on_root(world, [&] {
        const auto settings = read_train_settings(arguments);
        print = settings.command.print_config;
        dry_run = settings.command.dry_run;
        return settings_yaml(settings);
    });
    if (world.broadcast(print)) {
        if (world.is_root()) std::cout << yaml << std::flush;
        return core::ExitCode::ok;
    }
    auto settings = settings_from_yaml(yaml);
    settings.command.dry_run = world.broadcast(dry_run);
    return load_engine().train(settings, world);
}

core::ExitCode train(std::span<const std::string> arguments) {
    return in_world(
        arguments, [&](const comm::Communicator& world) { return run_in_world(arguments, world); });
}

}  // namespace

Command train_command() {
    return {"train",
            "[train] -tpath FOLDER -mpath FOLDER [OPTION…]",
            "train the network, once or over a grid of hyperparameters",
            "Trains U-Nets on two folders of NIfTI files, volumes and masks, one for every "
            "permutation of the parameter grid, and writes tables, histories and the best model "
            "into a folder of their own. Start it alone, under mpirun or under srun; started "
            "again with the same options it goes on where it stopped.",
            [](const auto& use) {
                TrainSettings settings;
                use(train_schema(settings));
            },
            train};
}

}  // namespace msunet::app
