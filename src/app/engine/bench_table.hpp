// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table that `msunet bench` prints. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/train/profile.hpp"
#include "msunet/train/step_timer.hpp"

namespace msunet::app {

/// Steps on one kind of samples.
struct BenchTiming {
    std::string name;        ///< "real", "dummy", "dummy, inference"
    train::StepTimes times;  ///< of rank 0; samples over all groups together

    /// Median of the steps; 0 for none.
    [[nodiscard]] double median() const;
    /// By the median step.
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

/// What a section of a step is called in tables.
std::string_view section_name(std::size_t section);

/// How much longer real steps take than dummy ones, in percent; negative: less.
double percent_longer(const BenchTiming& real, const BenchTiming& dummy);

/// Lines without the last line end.
std::string format_bench_table(const BenchFigures& figures);

}  // namespace msunet::app
