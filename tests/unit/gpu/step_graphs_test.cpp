// SPDX-License-Identifier: Apache-2.0
#include "gpu/step_graphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace msunet::gpu {
namespace {

using testing::ElementsAre;

/// Writes down what happens.
struct NotedGraph {
    std::vector<std::string>& log;
    void replay() const { log.emplace_back("replay"); }
};

class StepGraphsTest : public testing::Test {
protected:
    using Graphs = StepGraphs<int, NotedGraph>;

    /// What a step does. `problem`: why capturing it fails; empty: it doesn't.
    std::vector<std::string> step(Graphs& graphs, int shape, const std::string& problem = "",
                                  bool ended = true) {
        log_.clear();
        graphs.run(
            shape, [&] { log_.emplace_back("run"); },
            [&] {
                log_.emplace_back("capture");
                Capture<NotedGraph> result;
                if (problem.empty()) result.graph.reset(new NotedGraph{log_});
                result.problem = problem;
                result.ended = ended;
                return result;
            },
            [&] { log_.emplace_back("again"); });
        return log_;
    }

    CaptureState state_;
    std::vector<std::string> log_;
};

constexpr const char* memory = "CUDA out of memory. Tried to allocate 20.00 GiB";

TEST_F(StepGraphsTest, TheSecondStepOfAShapeIsCaptured) {
    Graphs graphs(state_);
    EXPECT_THAT(step(graphs, 1), ElementsAre("run"));
    EXPECT_THAT(step(graphs, 2), ElementsAre("run"));
    EXPECT_THAT(step(graphs, 1), ElementsAre("capture", "again", "replay"));
    EXPECT_THAT(step(graphs, 1), ElementsAre("replay"));
    EXPECT_THAT(step(graphs, 2), ElementsAre("capture", "again", "replay"));
}

TEST_F(StepGraphsTest, AFailureForMemoryIsThatOfOneShape) {
    Graphs graphs(state_);
    for (const int shape : {1, 2}) step(graphs, shape);
    EXPECT_THAT(step(graphs, 1, memory), ElementsAre("capture", "again", "run"));
    EXPECT_THAT(step(graphs, 1, memory), ElementsAre("run")) << "capturing was tried again";
    EXPECT_THAT(step(graphs, 2), ElementsAre("capture", "again", "replay"));
    EXPECT_TRUE(state_.possible);
    Graphs next_trial(state_);
    step(next_trial, 1);
    EXPECT_THAT(step(next_trial, 1), ElementsAre("capture", "again", "replay"));
}

TEST_F(StepGraphsTest, MemoryIsWarnedOfOnce) {
    const auto warnings = [&] {
        testing::internal::CaptureStderr();
        Graphs graphs(state_);
        step(graphs, 1);
        step(graphs, 1, memory);
        return testing::internal::GetCapturedStderr();
    };
    EXPECT_THAT(warnings(),
                testing::AllOf(testing::HasSubstr("some steps on the GPU run without a CUDA graph"),
                               testing::HasSubstr("a smaller batch_size needs less memory")));
    EXPECT_EQ(warnings(), "");
}

TEST_F(StepGraphsTest, AnotherFailureEndsCapturing) {
    for (const bool ended : {true, false}) {
        state_ = {};
        Graphs graphs(state_);
        step(graphs, 1);
        step(graphs, 2);
        const auto* const problem = ended ? "operation not permitted" : memory;
        EXPECT_THAT(step(graphs, 1, problem, ended), ElementsAre("capture", "again", "run"));
        EXPECT_FALSE(state_.possible);
        EXPECT_THAT(step(graphs, 2), ElementsAre("run"));
        Graphs next_trial(state_);
        step(next_trial, 1);
        EXPECT_THAT(step(next_trial, 1), ElementsAre("run"));
    }
}

}  // namespace
}  // namespace msunet::gpu
