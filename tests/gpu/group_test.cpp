// SPDX-License-Identifier: Apache-2.0
/// \file
/// Two GPUs, one rank each, agree with one CPU.

#include <gtest/gtest.h>

#include "gpu/accelerator.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

TEST(DeviceGroup, AgreesWithTheCpuInFloat64) {
    const auto world = comm::Communicator::world();
    auto* accelerator = test::accelerator(world.rank());
    if (!world.all_of(accelerator != nullptr)) GTEST_SKIP() << "needs two GPUs";
    const auto work = test::assignment({{"epochs", std::int64_t{9}}});
    const auto reducer = accelerator->make_reducer(world);
    const test::SmallTrial place("gpu_group", world, reducer.get());
    auto context = place.context();
    context.precision = model::Precision::float64;
    context.make_engine = accelerator->engine_factory();
    test::Control control;
    const auto together = test::run_trial(context, work, control);
    ASSERT_EQ(together.state, record::TrialState::done) << together.reason;

    const test::SmallTrial alone("gpu_alone");
    auto on_cpu = alone.context();
    on_cpu.precision = model::Precision::float64;
    const auto one = test::run_trial(on_cpu, work, control);
    ASSERT_EQ(together.history.size(), one.history.size());
    for (std::size_t i = 0; i < one.history.size(); ++i) {
        for (const auto name : record::metric_names) {
            EXPECT_NEAR(*record::metric(together.history[i].metrics, name),
                        *record::metric(one.history[i].metrics, name), 1e-9)
                << name << " of epoch " << i;
        }
    }
}

}  // namespace
}  // namespace msunet
