// SPDX-License-Identifier: Apache-2.0
#include "bench_settings.hpp"
#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "on_root.hpp"

namespace msunet::app {

namespace {

core::ExitCode bench(std::span<const std::string> arguments) {
    return in_world(arguments, [&](const comm::Communicator& world) {
        const auto yaml =
            on_root(world, [&] { return bench_yaml(read_bench_settings(arguments)); });
        return load_engine().bench(bench_settings_from_yaml(yaml), world);
    });
}

}  // namespace

Command bench_command() {
    return {"bench",
            "bench [-tpath FOLDER -mpath FOLDER] [OPTION…]",
            "time training steps on this machine",
            "Times training steps on samples of your scans beside dummy samples, which shows what "
            "the data cost, and tells where a step's time goes. Without scans it times dummy "
            "samples alone. Under mpirun the ranks of a node train one permutation together, as "
            "with --ranks_per_trial node. Nothing is written.",
            [](const auto& use) {
                BenchSettings settings;
                use(bench_schema(settings));
            },
            bench};
}

}  // namespace msunet::app
