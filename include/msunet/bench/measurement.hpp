// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a scaling benchmark measures, and what follows from it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace msunet::bench {

/// Where some of the time of a training step goes.
struct StepPart {
    std::string name;
    std::string group;  ///< parts that the page shows as one
    double seconds = 0;
};

/// One repeat of one benchmark on some ranks.
struct Measurement {
    std::string benchmark;  ///< see names.hpp
    std::string variant;    ///< empty: there is only one
    int ranks = 1;
    int nodes = 1;
    int threads = 1;  ///< of a rank
    int repeat = 1;   ///< from 1
    double seconds = 0;
    double amount = 0;  ///< what all ranks did in this time, in units
    std::string unit;
    /// Share of the time in all-reduces, waiting for other ranks included, mean of the ranks;
    /// nothing where it was not measured.
    std::optional<double> reduction;
    /// Of a step, means of the ranks; none where they were not measured.
    std::vector<StepPart> parts;

    /// Amount in a second; 0 where no time passed.
    [[nodiscard]] double rate() const { return seconds > 0 ? amount / seconds : 0; }
};

/// Median and range of some values.
struct Spread {
    double median = 0;
    double lowest = 0;
    double highest = 0;

    friend bool operator==(const Spread&, const Spread&) = default;
};
/// Zeros for no values.
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// All repeats of one benchmark on the same ranks.
struct Summary {
    std::string benchmark;
    std::string variant;
    int ranks = 1;
    int nodes = 1;
    int threads = 1;
    int repeats = 0;
    std::string unit;
    Spread rate;  ///< amount in a second
    /// Median rate divided by that of one rank: where one rank was not measured, by that of the
    /// fewest ranks divided by their number.
    double speed_up = 1;
    double efficiency = 1;            ///< speed-up divided by the number of ranks
    std::optional<double> reduction;  ///< median
    std::vector<StepPart> parts;      ///< means of the repeats that have them
};

/// One summary for each benchmark, variant and number of ranks: benchmarks and variants in the
/// order of their first measurement, ranks ascending.
[[nodiscard]] std::vector<Summary> summarise(std::span<const Measurement> measurements);

/// The median rate of a benchmark's variant on so many ranks; nothing where it was not measured.
[[nodiscard]] std::optional<double> rate_of(std::span<const Summary> summaries,
                                            std::string_view benchmark, std::string_view variant,
                                            int ranks);

/// bench.csv: a line of names, then one line for each measurement.
[[nodiscard]] std::string csv_text(std::span<const Measurement> measurements);

/// A rate with its unit: "183.5 samples/s", "1.25 GB/s", "136 Gflop/s".
[[nodiscard]] std::string rate_text(double rate, std::string_view unit);

/// A table of one benchmark for a terminal, without the last line end; empty where there is none.
[[nodiscard]] std::string table_text(std::span<const Summary> summaries,
                                     std::string_view benchmark);

}  // namespace msunet::bench
