// SPDX-License-Identifier: Apache-2.0
/// \file
/// The failure of one trial, which ends neither the job nor the group.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// A trial failed. Every rank of the group throws it at the same place with the same reason;
/// `run_trial` alone catches it and makes the trial's result of it.
class TrialFailure : public std::runtime_error {
public:
    /// `reason`: one line. `rank`: of the group, where it happened; nothing: on all of them.
    explicit TrialFailure(std::string reason, std::optional<int> rank = std::nullopt);
    ~TrialFailure() override;
    TrialFailure(const TrialFailure&) = default;
    TrialFailure& operator=(const TrialFailure&) = default;

    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    [[nodiscard]] std::optional<int> rank() const noexcept { return rank_; }

private:
    std::string reason_;
    std::optional<int> rank_;
};

/// What `part` throws, as core::failure_text; empty if it throws nothing.
template <class Part>
[[nodiscard]] std::string failure_of(Part&& part) {
    try {
        part();
    } catch (const std::exception& error) {
        return core::failure_text(error);
    }
    return {};
}

/// Collective over the group: throws TrialFailure where any rank has a failure. `mine` is this
/// rank's, empty if it has none.
void throw_if_any_failed(const comm::Communicator& group, const std::string& mine);

/// Collective over the group: `part` runs on every rank; TrialFailure where it threw on any.
template <class Part>
void run_on_all(const comm::Communicator& group, Part&& part) {
    throw_if_any_failed(group, failure_of(part));
}

/// Collective over the group where the status says that a rank failed in the step: throws
/// TrialFailure.
void throw_if_step_failed(const comm::Communicator& group, const StepEngine& engine,
                          std::int64_t status);

}  // namespace msunet::train
