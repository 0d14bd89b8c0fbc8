// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a journal's lines say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// Version of the journal's format, in each journal's first line.
inline constexpr std::int64_t journal_version = 2;

/// The sweep gets further permutations (`--extend`). What it has keeps its ids and results.
struct SweepExtended {
    static constexpr std::string_view name = "sweep_extended";
    Configuration configuration;
    GridLists grid;  ///< the whole new one
    /// All trials by their permutations' order in `grid`, folds together; new ones have later ids.
    std::vector<TrialId> trials;
    std::vector<std::uint64_t> indices;        ///< in `grid`, of those permutations, ascending
    std::vector<std::vector<TrialId>> shared;  ///< as `SweepStart` has it, of all trials
    std::vector<Continuation> continued{};     ///< of the trainings of new trials, by id
    double at = 0;
};

/// The sampler has suggested a permutation: its trial joins the sweep, with folds all of its
/// trials, of which `trial` is the first.
struct TrialSuggested {
    static constexpr std::string_view name = "trial_suggested";
    TrialId trial = 0;
    double at = 0;
};

/// The sampler has nothing more to suggest, although `SweepStart::rounds` are not reached.
struct SuggestionsEnded {
    static constexpr std::string_view name = "suggestions_ended";
    double at = 0;
};

/// A group has started a training. The checkpoint is the one it is resumed from, empty for none.
struct TrialStarted {
    static constexpr std::string_view name = "trial_started";
    TrialId trial = 0;  ///< of the training
    std::int64_t rank = 0;
    std::string checkpoint;
    double at = 0;
};

/// A checkpoint is on disk.
struct CheckpointSaved {
    static constexpr std::string_view name = "checkpoint";
    CheckpointReport checkpoint;
    double at = 0;
};

/// An epoch ended (optional lines: a report draws curves of running trials from them).
struct EpochFinished {
    static constexpr std::string_view name = "epoch";
    TrialId trial = 0;  ///< of the training
    EpochReport report;
    double at = 0;
};

/// A training was paused with a checkpoint.
struct TrialPaused {
    static constexpr std::string_view name = "trial_paused";
    TrialId trial = 0;  ///< of the training
    double at = 0;
};

/// A training was paused with a checkpoint at a rung of the search, which compares it with others.
struct RungReached {
    static constexpr std::string_view name = "rung_reached";
    TrialId trial = 0;            ///< of the training
    std::int64_t epoch = 0;       ///< epochs complete
    std::optional<double> value;  ///< of the sweep's metric after them
    TrialResult result;           ///< so far, but for its history, which `EpochFinished` has
    double at = 0;
};

/// The search continues a training that it has paused at a rung.
struct TrialPromoted {
    static constexpr std::string_view name = "trial_promoted";
    TrialId trial = 0;                        ///< of the training
    std::optional<std::int64_t> until_epoch;  ///< nothing: to the end
    std::int64_t rung = 0;                    ///< that it goes to, from 0
    std::int64_t bracket = 0;                 ///< of Hyperband, from 0
    double at = 0;
};

/// A trial has its result: done, pca, failed, or stopped by the search.
struct TrialFinished {
    static constexpr std::string_view name = "trial_finished";
    static constexpr std::string_view former_name = "trial_failed";  ///< in version 1, if it failed
    TrialResult result;
    double at = 0;
};

/// A failed trial's result is discarded, so that it runs again (`--retry_failed`).
struct TrialRetried {
    static constexpr std::string_view name = "trial_retried";
    TrialId trial = 0;
    double at = 0;
};

/// The program still runs.
struct Heartbeat {
    static constexpr std::string_view name = "heartbeat";
    Owner owner;
    double at = 0;
};

/// The program stopped in order before the sweep was complete.
struct Stopped {
    static constexpr std::string_view name = "stopped";
    StopReason reason = StopReason::signal;
    double at = 0;
};

/// A later start resumes the sweep.
struct Resumed {
    static constexpr std::string_view name = "resumed";
    Owner owner;
    World world;
    double at = 0;
};

/// All trials have results and all files are written.
struct Finished {
    static constexpr std::string_view name = "finished";
    double at = 0;
};

/// One line of the journal.
using Event =
    std::variant<SweepStart, SweepExtended, TrialSuggested, SuggestionsEnded, TrialStarted,
                 CheckpointSaved, EpochFinished, TrialPaused, RungReached, TrialPromoted,
                 TrialFinished, TrialRetried, Heartbeat, Stopped, Resumed, Finished>;

/// Updates a record by an event. `Resumed` after a start without an end counts a death
/// for every trial that ran then. Throws core::InputError where the event can't follow: a trial
/// that isn't part of the sweep, or an event before the start.
void update(SweepRecord& record, const Event& event);

}  // namespace msunet::record
