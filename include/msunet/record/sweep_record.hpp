// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a sweep is and what has happened in it: all that report, resume and status need.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/record/control.hpp"
#include "msunet/record/folds.hpp"
#include "msunet/record/progress.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::record {

/// All effective options, in the order of their description.
/// `text` as the YAML of `--print_config` has it.
using Configuration = std::vector<core::OptionText>;

/// The text of an option; nothing if there is none of that name.
[[nodiscard]] std::optional<std::string> setting(const Configuration& configuration,
                                                 std::string_view name);

/// One input pair.
struct DataPair {
    std::string data;  ///< file name without folder
    std::string mask;
    std::string hash;  ///< of both files' content
    core::Modality modality = core::Modality::anatomical;
    bool validation = false;
    std::int64_t slices = 0;  ///< kept, its augmented copies not counted
    std::string subject{};    ///< empty in a journal that an earlier release began
    /// With folds the fold in which it validates, from 0, by repeat; empty: in none.
    std::vector<std::int64_t> folds{};

    bool operator==(const DataPair&) const = default;
};

/// The data set in figures.
struct DataSummary {
    std::string hash;  ///< of the whole prepared data set; what a resume compares
    std::vector<DataPair> pairs;
    std::int64_t augmented_copies = 0;
    std::int64_t slices = 0;
    std::int64_t training_samples = 0;    ///< of the first patch size
    std::int64_t validation_samples = 0;  ///< of the first patch size
    std::int64_t bytes = 0;               ///< of the slices, once a node
    double prepare_seconds = 0;
    bool from_cache = false;

    bool operator==(const DataSummary&) const = default;
};

/// Ranks, nodes and groups of a start.
struct World {
    std::int64_t ranks = 1;
    std::vector<std::string> nodes;           ///< host names
    std::vector<std::int64_t> ranks_of_node;  ///< parallel to `nodes`
    std::int64_t gpus = 0;
    std::string device;  ///< "CPU", or the GPUs by name: "1 × NVIDIA T1000, 2 × NVIDIA H200"
    std::int64_t group_size = 1;
    std::int64_t trials_per_gpu = 1;
    bool sharing_is_measured = false;  ///< whether steps decided on that (--trials_per_gpu auto)
    std::int64_t threads = 1;          ///< a rank
    std::string precision;             ///< as resolved: float32, tf32, bf16, float64
    std::string mpi;                   ///< MPI library's version line
    std::string program;               ///< our own version

    bool operator==(const World&) const = default;
};

/// Who writes the journal: one start of the program.
struct Owner {
    std::string host;
    std::int64_t pid = 0;
    std::string slurm_job;  ///< empty outside Slurm

    bool operator==(const Owner&) const = default;
};

/// The names of the grid with their values, ranges expanded.
using GridLists = std::map<std::string, std::vector<core::Value>, std::less<>>;

/// What is fixed when an experiment begins, or when it is extended.
struct SweepStart {
    static constexpr std::string_view name = "sweep_started";
    std::string experiment_name;
    Configuration configuration;
    DataSummary data;
    GridLists grid;
    /// The trials of the selected permutations, ascending; in a record also those that were
    /// suggested since.
    std::vector<TrialId> trials;
    /// Where the sweep was extended: the index in `grid` of each one's permutation, parallel to
    /// `trials`. Else empty: ids are indices.
    std::vector<std::uint64_t> indices{};
    /// The trials that share a training, where several do: ascending ids, of which the first is the
    /// training's. All others are trained alone.
    std::vector<std::vector<TrialId>> shared;
    /// How many trials the sampler's permutations are in all where it suggests some during the
    /// sweep; else 0.
    std::uint64_t rounds = 0;
    std::string metric;              ///< as resolved: what "best" means
    std::string shard;               ///< "2/5", else empty
    std::int64_t merged_shards = 0;  ///< of how many shards it was merged, else 0
    Folding folding;
    World world;
    Owner owner;
    double at = 0;                ///< unix seconds
    std::int64_t utc_offset = 0;  ///< seconds east of UTC in which dates are written

    /// The index in `grid` of a selected permutation: its place in tables.
    [[nodiscard]] std::uint64_t index_of(TrialId trial) const;
    /// The permutation of a trial.
    [[nodiscard]] core::Permutation permutation(TrialId trial) const;
    /// How many trials the sweep has: `trials`, and those that are still to be suggested.
    [[nodiscard]] std::size_t selected() const;
    /// The trials that share a training, ascending; one that shares with none is alone in it.
    [[nodiscard]] std::vector<TrialId> trials_of(TrialId training) const;
    /// The training of each trial whose id is not that of its training.
    [[nodiscard]] std::map<TrialId, TrialId> shared_trainings() const;
    /// The pairs as a trial has them: with folds those of its fold are validation data.
    [[nodiscard]] std::vector<DataPair> pairs_of(TrialId trial) const;
    /// Whether trials have validation data.
    [[nodiscard]] bool has_validation() const;

    bool operator==(const SweepStart&) const = default;
};

/// Why a start stopped in order before the sweep was complete.
enum class StopReason : std::uint8_t { signal, stop_before, time_limit, performance_target, error };
constexpr std::array<std::string_view, 5> names_of(StopReason /*any*/) {
    return {"signal", "stop_before", "time_limit", "performance_target", "error"};
}

/// One start of the program on this experiment.
struct Start {
    World world;
    Owner owner;
    double from = 0;                    ///< unix seconds
    double to = 0;                      ///< its end, or its last event
    std::optional<StopReason> stopped;  ///< nothing: running, finished, or died
    bool died = false;                  ///< it ended without an event
};

/// The sweep got a larger grid (`--extend`).
struct Extension {
    std::size_t added = 0;  ///< trials
    double at = 0;          ///< unix seconds
};

/// Where a training of an extension's new trials begins: at the last checkpoint of one that has
/// ended.
struct Continuation {
    TrialId trial = 0;       ///< the training's id
    TrialId from = 0;        ///< that of the one that has ended
    std::int64_t epoch = 0;  ///< epochs complete in the checkpoint
    std::string checkpoint;  ///< its file, relative to the experiment's folder

    bool operator==(const Continuation&) const = default;
};

/// A stretch of time that a group spent on a training.
struct Span {
    TrialId trial = 0;       ///< the training's id
    std::int64_t rank = 0;   ///< world rank of the group's leader
    std::int64_t start = 0;  ///< index into `SweepRecord::starts`
    double from = 0;         ///< unix seconds
    double to = 0;           ///< unix seconds; the job's last event if it died
    TrialState outcome = TrialState::running;
};

/// A trial's arrival at a rung of the search.
struct RungVisit {
    std::int64_t epoch = 0;       ///< epochs complete
    std::optional<double> value;  ///< of the sweep's metric
    double at = 0;                ///< unix seconds
};

/// Its promotion to the next rung.
struct Promotion {
    std::optional<std::int64_t> until_epoch;  ///< nothing: to the end
    std::int64_t rung = 0;
    std::int64_t bracket = 0;
    double at = 0;  ///< unix seconds
};

/// What is known of a trial that was started at least once, or stopped before. All but the result
/// is of the training with this id; a trial that shares another one's training has a result and its
/// state alone.
struct TrialRecord {
    TrialState state = TrialState::pending;  ///< once all have a result: that of the last to end
    Progress progress;
    std::vector<EpochReport> epochs;  ///< reported so far, before all of its ends have a result
    std::optional<TrialResult> result;
    std::int64_t rank = 0;  ///< leader that ran it last
    double first_started_at = 0;
    double spent_seconds = 0;  ///< in spans that have ended
    std::vector<RungVisit> rungs;
    std::vector<Promotion> promotions;
    std::optional<TrialResult> at_rung;  ///< at the last rung, without its history
};

/// A sweep's whole state: the result of replaying a journal.
struct SweepRecord {
    SweepStart start;
    std::map<TrialId, TrialRecord>
        trials;  ///< those started; the rest of `start.trials` is pending
    std::vector<Start> starts;
    std::vector<Span> timeline;
    bool finished = false;  ///< all trials have ended and all files are written
    double last_event_at = 0;
    Owner owner;                                  ///< of the newest start
    std::map<TrialId, TrialId> shared_trainings;  ///< `start.shared_trainings()`
    std::vector<Extension> extensions{};          ///< in their order
    /// By the training's id; without those that could not use the checkpoint.
    std::map<TrialId, Continuation> continued{};

    /// The trial's record; null if it was never started.
    [[nodiscard]] const TrialRecord* find(TrialId trial) const;
    /// Its result; null if it has none.
    [[nodiscard]] const TrialResult* result(TrialId trial) const;
    /// Results in the order of their permutations in the grid.
    [[nodiscard]] std::vector<const TrialResult*> results() const;
    /// Whether a trial is not trained, since the first one of its permutation has failed or was
    /// stopped (Folding::leaves_out_others).
    [[nodiscard]] bool is_left_out(TrialId trial) const;
    /// How many trials have or will get a result, as far as is known: all of `start.selected()`
    /// but those that are left out. It falls while a search with folds stops permutations, and
    /// rises when a failed one is tried again.
    [[nodiscard]] std::size_t planned() const;
    /// How many of these have no result yet.
    [[nodiscard]] std::size_t unfinished() const;
    /// The training of a trial.
    [[nodiscard]] TrialId training_of(TrialId trial) const;
    /// The trials without a result that share a training and are not left out, ascending.
    [[nodiscard]] std::vector<TrialId> unfinished_trials(TrialId training) const;
    /// The permutation of a trial, from the grid.
    [[nodiscard]] core::Permutation permutation(TrialId trial) const;
    /// The checkpoint from which a training is resumed, or begins; nothing: it starts anew.
    [[nodiscard]] std::optional<CheckpointReport> checkpoint_of(TrialId training) const;
    /// The checkpoint with which a training ended, its last epoch complete; nothing where it wrote
    /// none then, or where a permutation that it serves is not done. Its file may be deleted.
    [[nodiscard]] std::optional<CheckpointReport> last_checkpoint(TrialId training) const;
    /// The result, of those that a training serves, that has most epochs; null if none has one.
    [[nodiscard]] const TrialResult* longest_result(TrialId training) const;
};

/// For each name of the grid, in ASCII order, the position of its value in permutation `trial`: its
/// index in the Cartesian product over the names, the last name fastest. The one place of this
/// rule.
[[nodiscard]] std::vector<std::size_t> positions_of(const GridLists& grid, TrialId trial);

/// The permutation with index `trial`.
[[nodiscard]] core::Permutation permutation_of(const GridLists& grid, TrialId trial);

}  // namespace msunet::record
