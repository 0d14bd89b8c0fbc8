// SPDX-License-Identifier: Apache-2.0
#pragma once

// One trial on its way through the epochs.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "msunet/train/checkpoint.hpp"
#include "msunet/train/trainer.hpp"
#include "train/evaluation.hpp"

namespace msunet::train {

/// Trains a permutation from its start or from a checkpoint. One object a call of `run_trial`; all
/// ranks of the group make and use it alike.
class TrialRun {
public:
    /// Throws core::InputError for a checkpoint that does not fit, on every rank.
    TrialRun(const TrialContext& context, const record::Assignment& assignment,
             const unet::Hyperparameters& hyperparameters, record::TrialControl& control);

    /// Collective over the group: to the end, to a pause or to a failure.
    record::TrialResult run();

private:
    void make_engine();
    void restore();
    void train_epoch();
    void end_epoch();
    void finish(record::TrialResult& result);
    void look_at(const record::TrialResult& result);
    /// Collective over the group: a checkpoint that is on disk when it returns.
    void save();
    void fail(record::TrialResult& result, const std::string& reason);

    [[nodiscard]] bool over() const { return ended_ || epoch_ >= hyperparameters_.epochs; }
    [[nodiscard]] bool modality_every_epoch() const;
    record::ModalityDice modalities();
    [[nodiscard]] std::optional<double> chosen_metric(const record::EpochReport& report) const;
    void report_batch(std::int64_t batch, std::int64_t batches, double began);
    void agree_on_answer(record::Answer answer);

    [[nodiscard]] Checkpoint snapshot() const;
    [[nodiscard]] std::filesystem::path folder() const;
    void report_completed();
    /// Collective over the group: throws on every rank what the leader's writing threw.
    template <class F>
    void write_on_leader(F&& write);

    const TrialContext& context_;
    const record::Assignment& assignment_;
    const unet::Hyperparameters& hyperparameters_;
    record::TrialControl& control_;
    const data::PatchIndex& index_;
    std::vector<float> sample_weights_;
    std::string identity_;
    std::unique_ptr<StepEngine> engine_;
    Agreement agreement_;
    Callbacks callbacks_;
    CheckpointWriter writer_;
    double began_at_, saved_at_;

    std::int64_t epoch_ = 0;  ///< epochs complete
    std::int64_t step_ = 0;   ///< steps complete in the next one
    std::int64_t steps_;      ///< of an epoch
    EpochSums sums_;
    bool ended_ = false;
    record::History history_;
    std::vector<record::ModalityRow> modality_;
    std::vector<core::NamedArray> best_weights_;
};

}  // namespace msunet::train
