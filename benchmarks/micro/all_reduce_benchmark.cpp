// SPDX-License-Identifier: Apache-2.0
/// \file
/// All-reduce over the ranks of a group as in a training step: many small ones in double
/// (BatchNorm) and one of all gradients. Run it under mpirun; every rank does the same number of
/// iterations, and rank 0 prints the results.

#include <benchmark/benchmark.h>

#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/environment.hpp"

namespace msunet::comm {
namespace {

template <class T, DataType type>
void sum(benchmark::State& state) {
    MpiAllReducer reducer(Communicator::world());
    std::vector<T> values(static_cast<std::size_t>(state.range(0)), T(1e-9));
    for (auto _ : state) reducer.sum(values.data(), values.size(), type, nullptr);
    state.SetBytesProcessed(state.iterations() *
                            static_cast<std::int64_t>(values.size() * sizeof(T)));
}
BENCHMARK(sum<double, DataType::float64>)
    ->Arg(64)
    ->Arg(512)
    ->Iterations(500)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(sum<float, DataType::float32>)
    ->Arg(2395173)
    ->Iterations(20)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

/// For the ranks that print nothing.
class Silent : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context& /*context*/) override { return true; }
    void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

}  // namespace
}  // namespace msunet::comm

int main(int argc, char** argv) {
    const msunet::comm::Environment environment(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (msunet::comm::Communicator::world().is_root()) {
        benchmark::RunSpecifiedBenchmarks();
    } else {
        msunet::comm::Silent silent;
        benchmark::RunSpecifiedBenchmarks(&silent);
    }
}
