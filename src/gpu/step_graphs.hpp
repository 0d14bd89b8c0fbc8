// SPDX-License-Identifier: Apache-2.0
/// \file
/// When a step is captured as a graph, and what follows where that fails.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "msunet/core/failure_text.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"

namespace msunet::gpu {

/// What all engines of a process share.
struct CaptureState {
    bool possible = true;      ///< false after a failure that isn't for memory: it would recur
    bool told_memory = false;  ///< the warning about memory was given
};

/// A captured step, or why there is none.
template <class Graph>
struct Capture {
    std::unique_ptr<Graph> graph;
    std::string problem{};
    bool ended = true;  ///< false: CUDA could not even end the capture
};

/// The graphs of an engine's steps, one for each `Shape` (what is fixed in a captured step).
template <class Shape, class Graph>
class StepGraphs {
public:
    /// `state` must outlive it.
    explicit StepGraphs(CaptureState& state) : state_(state) {}

    /// Runs the step: as it is the first time, in which libraries initialise themselves; then
    /// `capture`, which returns a Capture, and the graph's replay. Where capturing fails for memory
    /// the steps of this shape run as they are, since a graph's memory is reserved beside the
    /// cache; after another failure all steps of the process do. `again` puts the step's start back
    /// after an attempt to capture.
    template <class Step, class CaptureStep, class Again>
    void run(const Shape& shape, const Step& step, const CaptureStep& capture, const Again& again) {
        if (!state_.possible) return step();
        const auto [known, is_new] = entries_.try_emplace(shape);
        Entry& entry = known->second;
        if (is_new || entry.as_it_is) return step();
        if (entry.graph == nullptr) {
            Capture<Graph> captured = capture();
            again();
            if (captured.graph == nullptr) {
                entry.as_it_is = true;
                note(captured);
                return step();
            }
            entry.graph = std::move(captured.graph);
        }
        entry.graph->replay();
    }

private:
    struct Entry {
        std::unique_ptr<Graph> graph;
        bool as_it_is = false;
    };

    void note(const Capture<Graph>& failed) {
        const bool memory = failed.ended && core::is_memory_failure(failed.problem);
        if (!memory) state_.possible = false;
        if (memory && std::exchange(state_.told_memory, true)) return;
        core::log::warn(core::concat(memory ? "some steps" : "steps",
                                     " on the GPU run without a CUDA graph, which is slower (",
                                     failed.problem, ")",
                                     memory ? ", a smaller batch_size needs less memory" : ""));
    }

    CaptureState& state_;
    std::map<Shape, Entry> entries_;
};

}  // namespace msunet::gpu
