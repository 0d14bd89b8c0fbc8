// SPDX-License-Identifier: Apache-2.0
/// \file
/// How many trials share a GPU (--trials_per_gpu auto): decided from the GPUs' memory and from
/// steps of trials that are measured side by side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace msunet::sweep {

/// What was measured; where there are several GPUs, on the one with the least.
struct SharingFacts {
    std::int64_t free_bytes = 0;   ///< before the first trial
    std::int64_t trial_bytes = 0;  ///< that one trial takes; 0: unknown
    /// Samples a second of 1, 2, … trials at once on a GPU, all of them together. 0: they failed.
    std::vector<double> rates{};
};

/// A number of trials, and why.
struct SharingChoice {
    std::int64_t trials = 1;
    std::string reason;  ///< for the start table
};

/// How many trials fit in the memory, a tenth of which stays free; at least 1.
[[nodiscard]] std::int64_t trials_in_memory(std::int64_t free_bytes, std::int64_t trial_bytes);

/// Of the numbers of trials that fit in the memory and did not fail, the smallest whose rate is at
/// least 95 % of the highest: with fewer trials at once each of them ends sooner.
[[nodiscard]] SharingChoice choose_sharing(const SharingFacts& facts);

/// Measures trials on a job's GPUs. All methods are collective over the job.
class SharingMeter {
public:
    virtual ~SharingMeter() = default;
    /// Memory that is free on the GPU with the least.
    [[nodiscard]] virtual std::int64_t free_bytes() = 0;
    /// Samples a second of so many trials at once on each GPU, on the slowest one; 0 if a trial
    /// fails.
    [[nodiscard]] virtual double rate(std::int64_t trials) = 0;
    /// Memory that each of the trials of the last `rate` took, at most; 0: unknown.
    [[nodiscard]] virtual std::int64_t trial_bytes() = 0;
};

/// Measures 1, 2, … trials, at most `most`, until one more does not fit or makes all together less
/// than 2 % faster, and chooses.
[[nodiscard]] SharingChoice measure_sharing(SharingMeter& meter, std::int64_t most);

}  // namespace msunet::sweep
