// SPDX-License-Identifier: Apache-2.0
/// \file
/// A training's state between two steps, on disk. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/record/trial.hpp"
#include "msunet/train/callbacks.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// Partial sums of an epoch.
struct EpochSums {
    double weighted_loss = 0;  ///< Σ w·loss over samples
    double loss = 0;           ///< Σ loss over samples
    double dice_coef = 0;      ///< Σ over batches
    double jaccard = 0;        ///< Σ over batches
    std::int64_t samples = 0;
    std::int64_t batches = 0;
    double seconds = 0;

    /// Adds a batch of `samples` samples.
    void add(const model::BatchSums& sums, std::int64_t samples);

    bool operator==(const EpochSums&) const = default;
};

/// How far a training has come.
struct Progress {
    std::int64_t epoch = 0;  ///< epochs complete
    std::int64_t step = 0;   ///< steps complete within the next one
    EpochSums sums;          ///< of those steps
    record::History history;
    std::vector<record::ModalityRow> modality;
    Callbacks::State callbacks;
    std::vector<core::NamedArray> best_weights;  ///< restore_best; empty: none yet
    std::vector<record::TrialId> ends;           ///< permutations that have no result yet
};

/// Everything that a bit-exact continuation needs. Random numbers are functions of (seed, trial,
/// epoch, step), so that the position stands for them.
struct Checkpoint {
    record::TrialId trial = 0;  ///< the training's id
    std::string identity;       ///< values that change a step, seed, data: must agree
    std::string network;        ///< unet::identity_of: must agree
    Progress progress;
    std::int64_t iterations = 0;  ///< of the optimizer
    std::vector<StateBuffer> engine;
};

/// Why a checkpoint can't be used: missing, damaged, of another version, training or network.
struct UnusableCheckpoint {
    std::string reason;
};

/// Writes atomically, with a checksum. Throws core::Error.
void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);
/// The checkpoint, or why there is none; the reason names the file.
[[nodiscard]] std::variant<Checkpoint, UnusableCheckpoint> read_checkpoint(
    const std::filesystem::path& file);

/// Writes checkpoints beside training, at most one in flight.
class CheckpointWriter {
public:
    using Write = std::function<void(const std::filesystem::path&, const Checkpoint&)>;

    explicit CheckpointWriter(std::filesystem::path file, Write write = write_checkpoint)
        : file_(std::move(file)), write_(std::move(write)) {}
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    /// Waits for the one in flight, then starts to write this one.
    void start(Checkpoint checkpoint);
    /// Whether the next one is due, `seconds` after the start of the last: when that is `minutes`
    /// old, is complete, and took at most a tenth of these seconds. Many groups share a file
    /// system: where it is too slow for their checkpoints, they are written less often, and
    /// training does not wait. An interval below a second is a wish for each one, for which
    /// training waits.
    [[nodiscard]] bool is_due(double minutes, double seconds) const;
    /// (epoch, step) of a checkpoint that has been completed since the last call; never waits.
    std::optional<std::pair<std::int64_t, std::int64_t>> completed();
    /// Waits for the one in flight; throws what its writing threw.
    void finish();

private:
    [[nodiscard]] bool busy() const;

    std::filesystem::path file_;
    Write write_;
    std::future<double> flight_;  ///< the seconds that it took
    double seconds_ = 0;          ///< that the last one took
    std::pair<std::int64_t, std::int64_t> position_{};
    std::optional<std::pair<std::int64_t, std::int64_t>> completed_;
};

}  // namespace msunet::train
