// SPDX-License-Identifier: Apache-2.0
/// \file
/// Records with every member away from its default.
#pragma once

#include <limits>

#include "msunet/record/event.hpp"

namespace msunet::record {

inline EpochReport sample_epoch(std::int64_t epoch) {
    EpochReport report;
    report.epoch = epoch;
    report.metrics = {0.1 + static_cast<double>(epoch), 1.0 / 3, 1e-310, 1e300, -0.0, 0.3};
    report.modality.emplace();
    report.modality->val[1] = 0.25;
    report.modality->train[4] = 0.1f;
    report.learning_rate = 1e-3;
    report.seconds = 1.5;
    report.samples_per_second = 812.3;
    return report;
}

inline core::Permutation sample_permutation() {
    return {{"batch_size", std::int64_t{16}},
            {"lr", 1e-3},
            {"dropout", 1.0},
            {"losses", std::string("dice_coef_loss")},
            {"modality_weight", std::monostate{}},
            {"scoreTrainable", true}};
}

inline TrialResult sample_result(TrialId trial) {
    TrialResult result;
    result.trial = trial;
    result.permutation = sample_permutation();
    result.history = {sample_epoch(0), sample_epoch(1)};
    result.modality = {{1, *sample_epoch(1).modality}};
    result.best_epoch = 0;
    result.reason = "the loss is NaN at step 3 of epoch 1";
    result.started_at = 1795424930.852894;
    result.ended_at = 1795424942.4791353;
    result.duration = 11.6262413;
    result.rank = 3;
    result.ranks = 2;
    result.num_gpus = 1;
    result.patch_size = "64/96";
    result.weights_file = "trials/7/weights.h5";
    result.files = {"trials/7/pca_cumsum.npy"};
    result.peak_memory_bytes = 123456789012;
    result.notices = {"cosine_similarity has no gradient here"};
    return result;
}

inline World sample_world() {
    World world;
    world.ranks = 4;
    world.nodes = {"n1", "n2"};
    world.ranks_of_node = {2, 2};
    world.gpus = 4;
    world.device = "NVIDIA H200";
    world.group_size = 2;
    world.trials_per_gpu = 2;
    world.sharing_is_measured = true;
    world.threads = 8;
    world.precision = "tf32";
    world.mpi = "Open MPI v4.1.4";
    world.program = "0.1.0";
    return world;
}

/// A grid of 3 × 2 permutations, all selected.
inline SweepStart sample_start() {
    SweepStart start;
    start.experiment_name = "rats";
    start.configuration = {{"seed", "1", core::Affects::data},
                           {"metric", "none", core::Affects::result},
                           {"output_directory", ".", core::Affects::run}};
    start.data.hash = "abc";
    start.data.pairs = {{"a.nii", "a_mask.nii", "h1", core::Modality::fmri, false, 12},
                        {"b.nii", "b_mask.nii", "h2", core::Modality::noddi, true, 9}};
    start.data.slices = 21;
    start.data.training_samples = 100;
    start.grid = {{"batch_size", {std::int64_t{8}, std::int64_t{16}, std::int64_t{32}}},
                  {"lr", {0.001, 0.01}}};
    start.trials = {0, 1, 2, 3, 4, 5};
    start.metric = "val_dice_coef";
    start.shard = "1/2";
    start.world = sample_world();
    start.owner = {"n1", 4711, "99"};
    start.at = 1000.5;
    start.utc_offset = 3600;
    return start;
}

/// A result of that sweep with one epoch and this val_dice_coef and val_loss.
inline TrialResult scored(TrialId trial, double val_dice_coef, double val_loss = 0) {
    TrialResult result;
    result.trial = trial;
    EpochReport report;
    report.metrics.val_dice_coef = val_dice_coef;
    report.metrics.val_loss = val_loss;
    result.history = {report};
    return result;
}

inline CheckpointSaved checkpoint(TrialId trial, std::int64_t epoch, double at) {
    return {{trial, "trials/x/checkpoint.h5", epoch, 0}, at};
}

inline Resumed resumed(double at) { return {{"n1", 5, ""}, sample_world(), at}; }

}  // namespace msunet::record
