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

constexpr const char* closing =
    "Examples\n"
    "  msunet bench\n"
    "        Steps on dummy samples of 64 x 64 pixels.\n"
    "  mpirun -n 2 msunet bench -tpath scans/data -mpath scans/masks -ts 64\n"
    "        On your scans, two processes training one permutation together.\n"
    "\n"
    "Exit codes\n"
    "  0   complete\n"
    "  1   failure\n"
    "  2   options\n"
    "  3   input data\n"
    "\n"
    "More, in the source folder\n"
    "  docs/performance.md";

}  // namespace

Command bench_command() {
    return {"bench",
            "bench [-tpath FOLDER -mpath FOLDER] [OPTION…]",
            "time training steps on this machine",
            "Times training steps on samples of your scans beside dummy samples, which shows what "
            "the data cost, and tells where a step's time goes. Without scans it times dummy "
            "samples alone. Under mpirun the ranks of a node train one permutation together, as "
            "with --ranks_per_trial node. Nothing is written.",
            closing,
            [](const auto& use) {
                BenchSettings settings;
                use(bench_schema(settings));
            },
            bench};
}

}  // namespace msunet::app
