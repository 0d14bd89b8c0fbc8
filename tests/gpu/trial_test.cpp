// SPDX-License-Identifier: Apache-2.0
/// \file
/// Trials on a GPU compared with the same trials on the CPU, and with repetitions.

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <c10/cuda/CUDAStream.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>

#include "gpu/accelerator.hpp"
#include "gpu/cuda_engine.hpp"
#include "gpu/kernel_library.hpp"
#include "msunet/core/fault.hpp"
#include "unit/gpu/inference_checks.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

using model::Precision;
using record::Answer;
using record::TrialState;

class DeviceTrial : public testing::Test {
protected:
    void SetUp() override {
        if (test::accelerator() == nullptr) GTEST_SKIP() << "no GPU answers";
    }

    /// Runs a trial in a new folder; without `make_engine` on the CPU.
    static record::TrialResult run(const record::Assignment& work, Precision precision,
                                   const train::EngineFactory& make_engine = {},
                                   comm::AllReducer* reducer = nullptr) {
        const test::SmallTrial place("gpu", comm::Communicator::self_without_mpi(), reducer);
        auto context = place.context();
        context.precision = precision;
        if (make_engine) context.make_engine = make_engine;
        test::Control control;
        auto result = test::run_trial(context, work, control);
        EXPECT_EQ(result.state, TrialState::done) << result.reason;
        return result;
    }
    static record::TrialResult on_gpu(const record::Assignment& work, Precision precision,
                                      comm::AllReducer* reducer = nullptr) {
        return run(work, precision, test::accelerator()->engine_factory(), reducer);
    }

    static void expect_near(const record::TrialResult& a, const record::TrialResult& b,
                            double tolerance) {
        ASSERT_EQ(a.history.size(), b.history.size());
        for (std::size_t i = 0; i < a.history.size(); ++i) {
            for (const auto name : record::metric_names) {
                EXPECT_NEAR(*record::metric(a.history[i].metrics, name),
                            *record::metric(b.history[i].metrics, name), tolerance)
                    << name << " of epoch " << i;
            }
        }
    }
};

/// 27 steps: 9 epochs of 5, 5 and 2 samples, with dropout.
record::Assignment many_steps() { return test::assignment({{"epochs", std::int64_t{9}}}); }

TEST_F(DeviceTrial, Float64HistoriesAgreeWithTheCpu) {
    for (const char* optimizer : {"Adam", "SGD", "Nadam", "Adafactor"}) {
        auto work = many_steps();
        work.ends.front().permutation["optimizer"] = std::string(optimizer);
        SCOPED_TRACE(optimizer);
        expect_near(on_gpu(work, Precision::float64), run(work, Precision::float64), 1e-9);
    }
}

TEST_F(DeviceTrial, FrozenLayersAgreeWithTheCpu) {
    for (const std::int64_t layer : {0, 7}) {
        auto work = many_steps();
        work.ends.front().permutation["which_layer"] = layer;
        work.ends.front().permutation["upsamplingTrainable"] = false;
        expect_near(on_gpu(work, Precision::float64), run(work, Precision::float64), 1e-9);
    }
}

TEST_F(DeviceTrial, FirstFloat32StepAgreesWithTheCpu) {
    const auto work =
        test::assignment({{"epochs", std::int64_t{1}}, {"batch_size", std::int64_t{12}}});
    EXPECT_NEAR(on_gpu(work, Precision::float32).history[0].metrics.loss,
                run(work, Precision::float32).history[0].metrics.loss, 1e-5);
}

TEST_F(DeviceTrial, RepeatsItselfBitForBit) {
    for (const auto precision :
         {Precision::float32, Precision::tf32, Precision::bf16, Precision::float64}) {
        const auto first = on_gpu(many_steps(), precision);
        EXPECT_EQ(test::metrics(on_gpu(many_steps(), precision).history),
                  test::metrics(first.history))
            << core::name_of(precision);
    }
}

TEST_F(DeviceTrial, ResumesBitForBit) {
    // The first step after a pause runs kernel by kernel where the whole run replayed a graph.
    const auto whole = on_gpu(many_steps(), Precision::tf32);
    const test::SmallTrial place("resume");
    auto context = place.context();
    context.precision = Precision::tf32;
    context.make_engine = test::accelerator()->engine_factory();
    auto work = many_steps();
    for (int starts = 0; starts < 30; ++starts) {
        test::Control pausing;
        pausing.step_answer = [&](const record::StepReport&) {
            return pausing.steps == 5 ? Answer::stop : Answer::go_on;
        };
        const auto part = test::run_trial(context, work, pausing);
        if (part.state == TrialState::done) {
            EXPECT_GT(starts, 0);
            EXPECT_EQ(test::metrics(part.history), test::metrics(whole.history));
            return;
        }
        ASSERT_EQ(part.state, TrialState::paused) << part.reason;
        work.checkpoint = "trials/4/checkpoint.h5";
    }
    FAIL() << "the trial never ended";
}

TEST_F(DeviceTrial, NcclInAGroupOfOneChangesNothing) {
    const auto reducer = test::accelerator()->make_reducer(comm::Communicator::self_without_mpi());
    const at::Tensor values = at::arange(3, at::TensorOptions(at::kCUDA).dtype(at::kDouble));
    const auto stream = c10::cuda::getCurrentCUDAStream();
    reducer->raise(3);
    reducer->sum(values.data_ptr(), 3, comm::DataType::float64, stream.stream());
    EXPECT_EQ(reducer->status(), 0);
    reducer->sum_with_status(values.data_ptr(), 3, comm::DataType::float64, stream.stream());
    EXPECT_TRUE(values.cpu().equal(at::arange(3, at::kDouble)));
    EXPECT_EQ(reducer->status(), 3);
    reducer->clear();
    EXPECT_EQ(reducer->status(), 0);
    for (const auto precision : {Precision::float64, Precision::tf32}) {
        EXPECT_EQ(test::metrics(on_gpu(many_steps(), precision, reducer.get()).history),
                  test::metrics(on_gpu(many_steps(), precision).history));
    }
}

TEST_F(DeviceTrial, SlicesOnTheHostGiveTheSame) {
    const train::EngineFactory streamed = [](const train::EngineSpec& spec) {
        return gpu::make_cuda_engine(spec, std::make_shared<gpu::KernelLibrary>(spec.precision),
                                     nullptr);
    };
    EXPECT_EQ(test::metrics(run(many_steps(), Precision::float32, streamed).history),
              test::metrics(on_gpu(many_steps(), Precision::float32).history));
}

TEST_F(DeviceTrial, AFailureEndsOneTrialAlone) {
    ::setenv("MSUNET_FAULT", "train.step:0:exception:8", 1);
    core::arm_faults(0);
    const test::SmallTrial place("fault");
    auto context = place.context();
    context.make_engine = test::accelerator()->engine_factory();
    test::Control control;
    const auto failed = test::run_trial(context, many_steps(), control);
    EXPECT_EQ(failed.state, TrialState::failed);
    EXPECT_FALSE(failed.reason.empty());
    ::unsetenv("MSUNET_FAULT");
    core::arm_faults(0);
    EXPECT_EQ(test::run_trial(context, many_steps(), control).state, TrialState::done);
}

TEST_F(DeviceTrial, MemoryDoesNotGrow) {
    const auto first = on_gpu(many_steps(), Precision::tf32).peak_memory_bytes;
    EXPECT_GT(first, 0);
    for (int i = 0; i < 10; ++i) {
        EXPECT_LE(on_gpu(many_steps(), Precision::tf32).peak_memory_bytes,
                  first + (std::int64_t{64} << 20));
    }
}

TEST(DeviceInference, LogitsAgreeWithTheCpu) {
    if (test::accelerator() == nullptr) GTEST_SKIP() << "no GPU answers";
    test::expect_inference_like_cpu(
        [](const auto& architecture, auto weights, Precision precision) {
            return test::accelerator()->inference_network(architecture, weights, precision);
        });
}

}  // namespace
}  // namespace msunet
