// SPDX-License-Identifier: Apache-2.0
#include "bench_suite.hpp"

#include <stdlib.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "bench_place.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/precision.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/device/environment.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/report/bench_page.hpp"

namespace msunet::measure {

using core::concat;

namespace fs = std::filesystem;

namespace {

/// The files of --output.
constexpr std::array<std::string_view, 3> file_names{"bench.csv", "bench.json", "bench.html"};

/// Each rank that can train as a group of its own.
sweep::Placement groups_of_one(const settings::BenchSettings& settings,
                               const std::vector<sweep::Node>& nodes) {
    sweep::PlacementRequest request;
    request.nodes = nodes;
    for (const auto& node : nodes) request.trials += node.ranks.size();
    request.threads = settings.train.train.threads;
    return sweep::place(request);
}

/// Sets of those ranks of the nodes for which `keeps` holds.
template <class Keeps>
std::vector<bench::RankSet> rank_sets_of(const std::vector<sweep::Node>& nodes, Keeps keeps) {
    std::vector<std::vector<int>> ranks;
    for (const auto& node : nodes) {
        auto& kept = ranks.emplace_back();
        for (const auto rank : node.ranks) {
            if (keeps(rank)) kept.push_back(static_cast<int>(rank));
        }
    }
    return bench::plan_rank_sets(ranks);
}

double load_average() {
    double load = 0;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

std::string machine_of(const BenchSuite& suite, const std::vector<sweep::Node>& nodes) {
    auto environment = device::describe_environment(nodes, suite.single, suite.compute);
    environment.threads = static_cast<int>(suite.single.slots.front().threads);
    environment.precision = suite.compute.precision_name();
    environment.started_at = core::unix_now();
    environment.slurm_job = job::this_owner().slurm_job;
    return report::machine_json(environment);
}

std::vector<std::pair<std::string, std::string>> options_of(settings::BenchSettings settings) {
    using core::Affects;
    std::vector<std::pair<std::string, std::string>> options;
    for (const auto& option : config::option_texts(
             settings::bench_schema(settings), {Affects::data, Affects::result, Affects::run})) {
        options.emplace_back(option.name, option.text);
    }
    return options;
}

/// Bytes of an activation's element.
int element_bytes(core::Precision precision) {
    switch (precision) {
        case core::Precision::bf16:
            return 2;
        case core::Precision::float64:
            return 8;
        default:
            return 4;
    }
}

/// Throws core::UsageError where the folder has results, which a second run would replace.
void refuse_results(const fs::path& folder) {
    for (const auto name : file_names) {
        if (!fs::exists(folder / name)) continue;
        throw core::UsageError({.option = "--output",
                                .path = folder,
                                .got = folder,
                                .problem = concat("has a ", name, " already"),
                                .advice = "give another folder"});
    }
}

/// Runs one benchmark and prints its table, also of what it measured before it failed.
void run_bench(BenchSuite& suite, settings::BenchKind kind, void (*benchmark)(BenchSuite&)) {
    const auto what = suite.settings.bench.what;
    if (what != kind && what != settings::BenchKind::all) return;
    const auto print_table = [&] {
        core::log::progress("");
        const auto summaries = bench::summarise(suite.results.measurements);
        core::log::info(concat(bench::table_text(summaries, core::name_of(kind)), '\n'));
    };
    try {
        benchmark(suite);
    } catch (const core::Error& error) {
        print_table();
        suite.results.notices.push_back(
            concat(core::name_of(kind), " is incomplete: ", error.what()));
        throw;
    }
    print_table();
}

/// Runs the benchmarks that are asked for; the first that fails ends the suite.
void run_benches(BenchSuite& suite) {
    run_bench(suite, settings::BenchKind::limits, bench_limits);
    run_bench(suite, settings::BenchKind::group, bench_group);
    run_bench(suite, settings::BenchKind::sweep, bench_sweep);
    run_bench(suite, settings::BenchKind::prepare, bench_prepare);
    run_bench(suite, settings::BenchKind::io, bench_io);
}

/// Collective over the world: the files with the notices of the whole suite.
void finish(BenchSuite& suite) {
    write_bench_files(suite);
    for (const auto& notice : suite.results.notices) core::log::info("note: " + notice);
    const auto& output = suite.settings.bench.output;
    if (!output || suite.results.measurements.empty()) return;
    core::log::info(concat("wrote ", core::join(file_names), " to ", *output));
}

std::string suite_text(const BenchSuite& suite) {
    const auto& options = suite.settings.bench;
    const auto& slots = suite.single.slots;
    return concat(
        "patches of ", options.patch_size, "×", options.patch_size, ", batches of ",
        options.batch_size, ", dropout ", options.dropout, ", ", suite.compute.precision_name(),
        " on ", suite.compute.device_name(), ", ", core::counted(std::ssize(slots), "rank"), " of ",
        core::counted(slots.front().threads, "thread"), " on ",
        core::counted(suite.topology.node_count(), "node"), ", ",
        core::counted(options.steps, "step"), ", ", core::counted(options.repeats, "repeat"),
        ", load average ", core::fixed(suite.results.load_before, 1), '\n');
}

}  // namespace

void write_bench_files(BenchSuite& suite) {
    const auto& output = suite.settings.bench.output;
    if (!output || suite.results.measurements.empty()) return;
    comm::on_root(suite.world(), [&] {
        suite.results.load_after = load_average();
        const auto json = bench::json_text(suite.results);
        const std::array texts{bench::csv_text(suite.results.measurements), json,
                               report::bench_html(json)};
        for (std::size_t i = 0; i < texts.size(); ++i) {
            core::write_file_atomically(fs::path(*output) / file_names[i], texts[i]);
        }
    });
}

core::ExitCode bench_suite(const settings::BenchSettings& settings, const comm::Communicator& world,
                           const device::AcceleratorSource& source) {
    job::undo_launcher_binding();
    comm::on_root(world, [&] {
        const auto& output = settings.bench.output;
        const auto& scratch = settings.bench.scratch;
        if (scratch) core::try_folder(*scratch, core::ExitCode::usage);
        if (!output) return;
        core::try_folder(*output, core::ExitCode::usage);
        refuse_results(*output);
        core::make_directories(*output);
    });
    const comm::NodeTopology topology(world);
    device::Compute compute(settings.train, topology, source);
    const auto nodes = job::describe_nodes(topology, compute.visible_devices());
    BenchSuite suite{.settings = settings,
                     .topology = topology,
                     .compute = compute,
                     .single = groups_of_one(settings, nodes),
                     .all = {},
                     .training = {},
                     .results = {}};
    suite.all = rank_sets_of(nodes, [](std::int64_t) { return true; });
    suite.training = rank_sets_of(nodes, [&](std::int64_t rank) {
        return suite.single.slots[static_cast<std::size_t>(rank)].group >= 0;
    });
    imaging::set_threads(static_cast<int>(plan::threads_of_rank(settings.train, nodes, topology)));
    auto& results = suite.results;
    results.machine = machine_of(suite, nodes);
    results.options = options_of(settings);
    results.load_before = load_average();
    results.notices = compute.notices();
    if (auto idle = idle_ranks_text(suite.single); !idle.empty()) results.notices.push_back(idle);
    results.batch_size = static_cast<double>(settings.bench.batch_size);
    if (!compute.on_gpu()) {
        results.work =
            bench::step_work(unet::published_architecture(), settings.bench.patch_size,
                             settings.bench.patch_size, element_bytes(compute.precision()));
    }
    core::log::info(suite_text(suite));

    try {
        run_benches(suite);
    } catch (const core::Error&) {
        finish(suite);
        throw;
    }
    finish(suite);
    return core::ExitCode::ok;
}

}  // namespace msunet::measure
