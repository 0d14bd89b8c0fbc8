// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/trial_failure.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::train {

namespace {

std::string with_rank(const std::string& reason, std::optional<int> rank) {
    return rank ? core::concat(reason, " (rank ", *rank, " of the group)") : reason;
}

}  // namespace

TrialFailure::TrialFailure(std::string reason, std::optional<int> rank)
    : std::runtime_error(with_rank(reason, rank)), reason_(std::move(reason)), rank_(rank) {}

// Here, so that the class has one type description in the program: it is caught across shared
// libraries.
TrialFailure::~TrialFailure() = default;

void throw_if_any_failed(const comm::Communicator& group, const std::string& mine) {
    const auto failures = group.all_gather(mine);
    const auto first =
        std::ranges::find_if(failures, [](const auto& text) { return !text.empty(); });
    if (first == failures.end()) return;
    if (std::ranges::count(failures, *first) == std::ssize(failures)) throw TrialFailure(*first);
    throw TrialFailure(*first, static_cast<int>(first - failures.begin()));
}

void throw_if_step_failed(const comm::Communicator& group, const StepEngine& engine,
                          std::int64_t status) {
    if (status < StepEngine::failed_status) return;
    throw_if_any_failed(group, engine.failure());
    throw TrialFailure("a rank of the group failed");
}

}  // namespace msunet::train
