// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/ending.hpp"

#include <algorithm>

#include "msunet/core/text.hpp"
#include "msunet/record/folds.hpp"

namespace msunet::record {

using core::concat;

namespace {

constexpr std::size_t failures_shown = 5;

}  // namespace

std::optional<StopReason> ended_by_limit(const SweepRecord& record) {
    if (record.starts.empty()) return std::nullopt;
    const auto reason = record.starts.back().stopped;
    const bool is_limit =
        reason == StopReason::time_limit || reason == StopReason::performance_target;
    return is_limit ? reason : std::nullopt;
}

bool has_ended(const SweepRecord& record, bool refit_is_left) {
    return (record.unfinished() == 0 && !refit_is_left) || ended_by_limit(record);
}

std::vector<std::string> failure_lines(const SweepRecord& record) {
    std::vector<const TrialResult*> failed;
    for (const auto* result : record.results()) {
        if (result->state == TrialState::failed) failed.push_back(result);
    }
    if (failed.empty()) return {};
    std::vector<std::string> lines{
        concat(failed.size(), " of ", record.planned(),
               failed.size() == 1 ? " trials has failed" : " trials have failed",
               ", --retry_failed runs ", failed.size() == 1 ? "it" : "them", " again")};
    for (const auto* result : failed) {
        if (lines.size() > failures_shown) {
            lines.push_back(
                concat("… and ", failed.size() - failures_shown, " more (failures.csv)"));
            break;
        }
        lines.push_back(concat("trial ", result->trial,
                               fold_in_brackets(record.start.folding, result->trial), ": ",
                               result->reason));
    }
    return lines;
}

}  // namespace msunet::record
