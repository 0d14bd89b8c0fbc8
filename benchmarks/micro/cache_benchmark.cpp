// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads a preprocessed data set of 105 MB from the cache and verifies every byte.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "msunet/comm/environment.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "prepare/cache.hpp"

namespace msunet::prepare {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t sources = 20, slices = 16, side = 256;

/// Noise, which compresses as badly as scans.
StoredData noise(const comm::NodeTopology& nodes) {
    StoredData data;
    auto& description = data.description;
    for (std::uint32_t i = 0; i < sources; ++i) {
        description.sources.push_back({.source = {.name = core::unique_suffix(), .pair = i},
                                       .layout = {side, side, slices},
                                       .payload_hash = {}});
    }
    const auto store = SliceStore::make(nodes, description.elements());
    core::RandomStream random(1);
    const auto ranges = description.ranges();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto& range = ranges[i];
        const auto voxels = store->voxels(range);
        const auto masks = store->masks(range);
        std::ranges::generate(voxels, [&] { return static_cast<float>(random.uniform()); });
        std::ranges::fill(masks, std::uint8_t{1});
        description.sources[i].payload_hash = data::payload_hash(voxels, masks);
    }
    data.store = store;
    return data;
}

void read(benchmark::State& state) {
    const comm::NodeTopology nodes(comm::Communicator::world());
    const fs::path folder = fs::temp_directory_path() / core::unique_suffix();
    core::make_directories(folder);
    const auto file = folder / "dataset.h5";
    if (!write_cache(file, "key", noise(nodes), nodes)) state.SkipWithError("can't write");
    for (auto _ : state) {
        auto data = read_cache(file, "key", nodes);
        if (!data) state.SkipWithError("the cache does not verify");
        benchmark::DoNotOptimize(data);
    }
    state.SetBytesProcessed(state.iterations() *
                            static_cast<std::int64_t>(sources * slices * side * side * 5));
    fs::remove_all(folder);
}
BENCHMARK(read)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace msunet::prepare

int main(int argc, char** argv) {
    const msunet::comm::Environment environment(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
