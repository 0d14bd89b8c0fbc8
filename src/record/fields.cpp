// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/fields.hpp"

#include "msunet/core/error.hpp"

namespace msunet::record {

namespace {

/// A sweep holds at most a million trials; this only bounds what a damaged file may ask for.
constexpr std::uint64_t most_trials = 10'000'000;

}  // namespace

TrialRanges ranges_of(const std::vector<TrialId>& trials) {
    TrialRanges ranges;
    for (const TrialId trial : trials) {
        if (!ranges.empty() && ranges.back()[0] + ranges.back()[1] == trial) {
            ++ranges.back()[1];
        } else {
            ranges.push_back({trial, 1});
        }
    }
    return ranges;
}

std::vector<TrialId> trials_of(const TrialRanges& ranges) {
    std::vector<TrialId> trials;
    for (const auto& [first, count] : ranges) {
        if (count > most_trials - trials.size()) {
            throw core::InputError({.key = "trials", .problem = "holds too many trials"});
        }
        for (TrialId i = 0; i < count; ++i) trials.push_back(first + i);
    }
    return trials;
}

}  // namespace msunet::record
