// SPDX-License-Identifier: Apache-2.0
/// \file
/// A trial's epochs and its result.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/record/metrics.hpp"

namespace msunet::record {

/// A trial's id: the index of its permutation in the grid; with folds see `Folding`.
using TrialId = std::uint64_t;

/// One finished epoch.
struct EpochReport {
    std::int64_t epoch = 0;  ///< from 0, as the history file counts
    Metrics metrics;
    std::optional<ModalityDice> modality;  ///< with `--modality_metrics every_epoch`
    double learning_rate = 0;              ///< in force during the epoch
    double seconds = 0;                    ///< wall time, validation included
    double samples_per_second = 0;         ///< training alone

    bool operator==(const EpochReport&) const = default;
};

/// All epochs of a trial, in order.
using History = std::vector<EpochReport>;

/// A row of a trial's modality file.
struct ModalityRow {
    std::int64_t epoch = 0;
    ModalityDice dice;

    bool operator==(const ModalityRow&) const = default;
};

/// The state of a trial. `done`, `failed`, `pca` and `stopped` (by the search, before its end) are
/// final.
enum class TrialState : std::uint8_t { pending, running, paused, done, failed, pca, stopped };
constexpr std::array<std::string_view, 7> names_of(TrialState /*any*/) {
    return {"pending", "running", "paused", "done", "failed", "pca", "stopped"};
}
/// Whether a trial in this state has its result.
[[nodiscard]] bool is_final(TrialState state);

/// The result of a trial: written to `trials/<id>/result.json` and to the journal.
struct TrialResult {
    TrialId trial = 0;
    core::Permutation permutation;
    TrialState state = TrialState::done;  ///< done, failed, pca or stopped
    History history;
    std::vector<ModalityRow> modality;       ///< one row, or one an epoch
    std::optional<std::int64_t> best_epoch;  ///< set with `--restore_best`: epoch of the weights
    std::string reason;                      ///< why it failed, one line; else empty
    double started_at = 0;                   ///< unix seconds
    double ended_at = 0;                     ///< unix seconds
    double duration = 0;                     ///< seconds spent on it, all starts together
    std::int64_t rank = 0;                   ///< world rank of the group's leader
    std::int64_t ranks = 1;                  ///< ranks of the group
    std::int64_t num_gpus = 0;               ///< GPUs of the group
    std::string patch_size;                  ///< "H/W" of the padded patch
    std::string weights_file;                ///< relative to the experiment's folder; may be empty
    std::vector<std::string> files;          ///< others it wrote (PCA), relative likewise
    std::int64_t peak_memory_bytes = 0;      ///< of the leader's process or device; 0 if unknown
    std::vector<std::string> notices;        ///< warnings that concern this trial alone
    /// Of a permutation with folds (by_permutation.hpp), in no journal: means over its trials of
    /// what `summary_epoch` and `summary_modality` find.
    std::optional<EpochReport> mean_epoch;
    std::optional<ModalityRow> mean_modality;

    bool operator==(const TrialResult&) const = default;
};

/// One attempt to train a trial, on one group: what its result says however it ends.
struct Attempt {
    TrialId trial = 0;
    core::Permutation permutation;
    double first_started_at = 0;  ///< unix seconds: the trial's first attempt; 0: this one
    double started_at = 0;        ///< unix seconds
    double spent_seconds = 0;     ///< on the attempts before
    std::int64_t rank = 0;        ///< world rank of the group's leader
    std::int64_t ranks = 1;       ///< ranks of the group
    std::int64_t num_gpus = 0;    ///< GPUs of the group
};

/// The result of an attempt that ends at `now` (unix seconds), complete except for what was
/// trained.
[[nodiscard]] TrialResult make_result(const Attempt& attempt, TrialState state, double now);
/// Likewise of an attempt that failed. Every failed result is made here.
[[nodiscard]] TrialResult failed_result(const Attempt& attempt, std::string reason, double now);

/// The epoch whose metrics count for the trial: the best with `--restore_best`, else the last; of a
/// permutation with folds the means of these.
/// Null where there is none (failed, PCA, or stopped before the first).
[[nodiscard]] const EpochReport* summary_epoch(const TrialResult& result);

/// The row of Dice by modality that belongs to `summary_epoch`, else the last; null if none.
[[nodiscard]] const ModalityRow* summary_modality(const TrialResult& result);

/// A column of the history or of the modality file after an epoch; nothing where it has none.
[[nodiscard]] std::optional<double> metric(const EpochReport& report, std::string_view name);

/// The value by which trials are ranked: a column of the history or of the modality file, of
/// `summary_epoch`; nothing unless the trial is done and has that value, NaN counting as none.
[[nodiscard]] std::optional<double> metric(const TrialResult& result, std::string_view name);

/// A training and the permutations for which it runs: "3", "3, with 7 and 11,", "3, for 7, 11 and 5
/// more" where 3 has its result.
[[nodiscard]] std::string training_text(TrialId training, const std::vector<TrialId>& trials);

/// `trials/<id>`, relative to the experiment's folder.
[[nodiscard]] std::string trial_folder(TrialId trial);

/// Name of the checkpoint of a training in its folder.
inline constexpr const char* checkpoint_file_name = "checkpoint.h5";

}  // namespace msunet::record
