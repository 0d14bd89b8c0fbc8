// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "engine.hpp"
#include "in_world.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::app {

namespace {

core::ExitCode bench(std::span<const std::string> arguments) {
    return in_world(arguments, [&](const comm::Communicator& world) {
        const auto yaml = comm::on_root(
            world, [&] { return settings::bench_yaml(settings::read_bench_settings(arguments)); });
        return load_engine().bench(settings::bench_settings_from_yaml(yaml), world);
    });
}

constexpr const char* bench_examples =
    "  msunet bench\n"
    "        Steps on dummy samples of 64 x 64 pixels.\n"
    "  mpirun -n 2 msunet bench -tpath scans/data -mpath scans/masks -ts 64\n"
    "        Steps on your scans; two ranks train one permutation together.\n"
    "  srun --mpi=pmix msunet bench all -o scaling\n"
    "        The scaling suite on a whole job: 1, 2, 4 … of its ranks, then whole nodes.";

}  // namespace

Command bench_command() {
    using core::ExitCode;
    return {"bench",
            "bench [WHAT] [-tpath FOLDER -mpath FOLDER] [OPTION…]",
            "time training steps, or how the program scales over ranks and nodes",
            "Without WHAT, or with step, it times training steps on samples of your scans and on "
            "dummy samples; the difference is the cost of the data. It also prints where the time "
            "of a step is spent. Without scans it times dummy samples only. Under mpirun the ranks "
            "of a node train one permutation together, as with msunet train "
            "--ranks_per_trial node. No file is written.\n\n"
            "The other benchmarks are a scaling suite: each is measured on 1, 2, 4 … ranks of the "
            "first node and on 1, 2, 4 … whole nodes of the job, while the other ranks sleep. "
            "Tables show medians and ranges, speed-up and efficiency.",
            bench_examples,
            {{ExitCode::ok}, {ExitCode::failure}, {ExitCode::usage}, {ExitCode::input}},
            "  docs/performance.md    what costs how much, and how to measure it\n"
            "  docs/scaling.md        the scaling suite, its page, and what a proposal needs",
            [](const auto& use) {
                settings::BenchSettings settings;
                use(settings::bench_schema(settings));
            },
            bench};
}

}  // namespace msunet::app
