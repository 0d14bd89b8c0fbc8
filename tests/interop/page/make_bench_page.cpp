// SPDX-License-Identifier: Apache-2.0
// make_bench_page FOLDER KIND: writes bench.html of made-up results into FOLDER; KIND is nodes (all
// benchmarks on 1, 2, 4 ranks of a node and on 2 and 3 nodes), single (all on one rank) or io (that
// benchmark alone).
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/bench/names.hpp"
#include "msunet/bench/results.hpp"
#include "msunet/core/file.hpp"
#include "msunet/report/bench_page.hpp"

namespace {

namespace bench = msunet::bench;
namespace names = bench::names;

struct Place {
    int ranks;
    int nodes;
};

struct Kind {
    std::string_view benchmark;
    std::string_view variant;
    std::string_view unit;
    double rate;        ///< of one rank
    double efficiency;  ///< of twice as many ranks
};

constexpr Kind kinds[] = {{names::limits, names::multiply_add, names::flop, 1.2e11, 1},
                          {names::limits, names::triad, names::bytes, 1.1e10, 0.8},
                          {names::group, names::strong, names::samples, 95, 0.85},
                          {names::group, names::weak, names::samples, 95, 0.93},
                          {names::sweep, "", names::samples, 95, 0.97},
                          {names::prepare, "", names::bytes, 9e6, 0.9},
                          {names::io, names::write, names::bytes, 4e8, 0.7},
                          {names::io, names::read, names::bytes, 2e9, 0.75}};

bench::Measurement made_up(const Kind& kind, const Place& place, int repeat) {
    bench::Measurement one;
    one.benchmark = kind.benchmark;
    one.variant = kind.variant;
    one.unit = kind.unit;
    one.ranks = place.ranks;
    one.nodes = place.nodes;
    one.threads = 4;
    one.repeat = repeat;
    one.seconds = 1;
    double efficiency = 1;
    for (int ranks = 1; ranks < place.ranks; ranks *= 2) efficiency *= kind.efficiency;
    one.amount = kind.rate * efficiency * place.ranks * (1 + 0.02 * repeat);
    if (kind.benchmark == names::group) {
        one.reduction = 0.02 * place.ranks;
        one.parts = {{"convolutions, forward", "convolutions", 0.1},
                     {"convolutions, backward", "convolutions", 0.2},
                     {"rest", "rest", 0.05},
                     {"all-reduce", "all-reduce", 0.01 * place.ranks}};
    }
    return one;
}

bench::Results results(std::string_view kind) {
    bench::Results results;
    results.machine = R"({"started": "2026-11-29 12:00", "command": ["msunet", "bench", "all"],
        "versions": {"msunet": "1.2.3", "commit": "abc", "CUDA": null}, "ranks": 12,
        "threads_per_rank": 4, "precision": "float32", "processor": "<Processor>",
        "nodes": [{"host": "node1", "ranks": 4, "cores": 16, "devices": []}]})";
    results.options = {{"what", std::string(kind)}, {"steps", "20"}};
    results.load_before = 3.5;
    results.notices = {"a <notice>"};
    results.work = {.flops_per_sample = 4e8, .bytes_per_sample = 2e7, .bytes_per_step = 2e8};
    results.batch_size = 32;
    std::vector<Place> places{{1, 1}};
    if (kind != "single") places.insert(places.end(), {{2, 1}, {4, 1}, {8, 2}, {12, 3}});
    for (const auto& one : kinds) {
        if (kind == names::io && one.benchmark != names::io) continue;
        for (int repeat = 1; repeat <= 3; ++repeat) {
            for (const auto& place : places) {
                results.measurements.push_back(made_up(one, place, repeat));
            }
        }
    }
    return results;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "make_bench_page FOLDER nodes|single|io\n";
        return 2;
    }
    std::filesystem::create_directories(argv[1]);
    msunet::core::write_file_atomically(
        std::filesystem::path(argv[1]) / "bench.html",
        msunet::report::bench_html(bench::json_text(results(argv[2]))));
    return 0;
}
