// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table that `msunet bench` prints. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/bench/measurement.hpp"
#include "msunet/train/profile.hpp"
#include "msunet/train/step_timer.hpp"

namespace msunet::measure {

/// Steps on one kind of samples.
struct BenchTiming {
    std::string name;        ///< "real", "dummy", "dummy, inference"
    train::StepTimes times;  ///< of rank 0; samples over all groups together

    /// Median of the steps; 0 for none.
    [[nodiscard]] double median() const;
    /// Samples of a step divided by the median.
    [[nodiscard]] double samples_per_second() const;
};

/// What was measured.
struct BenchFigures {
    std::string setting;               ///< first line: sizes, precision, where it ran
    std::vector<BenchTiming> timings;  ///< training; with scans: real, then dummy
    BenchTiming inference;
    std::optional<train::SectionSeconds> sections;  ///< of a step like the first; none on a GPU
    double memory = 0;                              ///< bytes at most, all ranks together
    std::vector<std::string> notices;
};

/// The sections of a step by their names in tables, those that the page shows as one together.
std::vector<bench::StepPart> step_parts(const train::SectionSeconds& sections);

/// How much longer real steps take than dummy ones, in percent; negative: less.
double percent_longer(const BenchTiming& real, const BenchTiming& dummy);

/// Lines without the last line end.
std::string format_bench_table(const BenchFigures& figures);

}  // namespace msunet::measure
