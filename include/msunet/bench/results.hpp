// SPDX-License-Identifier: Apache-2.0
/// \file
/// All that a scaling suite has found, as JSON. Pure.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/bench/measurement.hpp"
#include "msunet/bench/work.hpp"

namespace msunet::bench {

/// The results of the benchmarks so far.
struct Results {
    std::string machine;  ///< JSON: versions, processor, nodes
    std::vector<std::pair<std::string, std::string>> options;
    double load_before = 0;  ///< load average over a minute, of the first node
    double load_after = 0;
    std::vector<std::string> notices;
    std::vector<Measurement> measurements;
    StepWork work;          ///< zeros: unknown, there is no roofline
    double batch_size = 0;  ///< of a strong step
};

/// One point of the roofline: steps of a group on some ranks.
struct RooflinePoint {
    std::string variant;
    int ranks = 1;
    int nodes = 1;
    double intensity = 0;  ///< operations for each byte
    double flops = 0;      ///< of the step, in a second
    double peak = 0;       ///< of the multiply-adds on the same ranks
    double bandwidth = 0;  ///< of the triad on the same ranks, bytes in a second
    [[nodiscard]] double attainable() const;
};

/// A point for each summary of training together on ranks whose limits were measured; none where
/// the work of a step is unknown.
[[nodiscard]] std::vector<RooflinePoint> roofline(const Results& results,
                                                  std::span<const Summary> summaries);

/// bench.json, which the page reads too.
[[nodiscard]] std::string json_text(const Results& results);

}  // namespace msunet::bench
