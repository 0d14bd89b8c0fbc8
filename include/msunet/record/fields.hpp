// SPDX-License-Identifier: Apache-2.0
/// \file
/// Each record's members by name, for `codec::to_json` and `codec::from_json`.
#pragma once

#include "msunet/codec/fields.hpp"
#include "msunet/record/event.hpp"

namespace msunet::codec {

template <>
struct Tag<record::Event> {
    static constexpr std::string_view key = "event";
};

}  // namespace msunet::codec

namespace msunet::record {

using codec::Is;

/// Trials as [first, count] pairs of consecutive ones: a whole grid is one pair.
using TrialRanges = std::vector<std::array<TrialId, 2>>;
[[nodiscard]] TrialRanges ranges_of(const std::vector<TrialId>& trials);
/// Throws core::InputError for more than a sweep may hold.
[[nodiscard]] std::vector<TrialId> trials_of(const TrialRanges& ranges);

template <class Archive, Is<Metrics> T>
void fields(Archive& archive, T& value) {
    archive("loss", value.loss);
    archive("dice_coef", value.dice_coef);
    archive("jaccard_similarity", value.jaccard_similarity);
    archive.optional("val_loss", value.val_loss);
    archive.optional("val_dice_coef", value.val_dice_coef);
    archive.optional("val_jaccard_similarity", value.val_jaccard_similarity);
}

template <class Archive, Is<ModalityDice> T>
void fields(Archive& archive, T& value) {
    archive("val", value.val);
    archive("train", value.train);
}

template <class Archive, Is<ModalityRow> T>
void fields(Archive& archive, T& value) {
    archive("epoch", value.epoch);
    archive("dice", value.dice);
}

template <class Archive, Is<EpochReport> T>
void fields(Archive& archive, T& value) {
    archive("epoch", value.epoch);
    archive("metrics", value.metrics);
    archive.optional("modality", value.modality);
    archive.optional("learning_rate", value.learning_rate);
    archive.optional("seconds", value.seconds);
    archive.optional("samples_per_second", value.samples_per_second);
}

template <class Archive, Is<TrialResult> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("state", value.state);
    archive.renamed("permutation", "point", value.permutation);
    archive.optional("reason", value.reason);
    archive("history", value.history);
    archive.optional("modality", value.modality);
    archive.optional("best_epoch", value.best_epoch);
    archive("started_at", value.started_at);
    archive("ended_at", value.ended_at);
    archive("duration", value.duration);
    archive("rank", value.rank);
    archive("ranks", value.ranks);
    archive.optional("num_gpus", value.num_gpus);
    archive.optional("patch_size", value.patch_size);
    archive.optional("weights_file", value.weights_file);
    archive.optional("files", value.files);
    archive.optional("peak_memory_bytes", value.peak_memory_bytes);
    archive.optional("notices", value.notices);
}

template <class Archive, Is<TrainingEnd> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("permutation", value.permutation);
}

template <class Archive, Is<Assignment> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("ends", value.ends);
    archive.optional("until_epoch", value.until_epoch);
    archive.optional("checkpoint", value.checkpoint);
    archive.optional("spent_seconds", value.spent_seconds);
    archive.optional("checkpoint_seconds", value.checkpoint_seconds);
    archive.optional("first_started_at", value.first_started_at);
}

template <class Archive, Is<CheckpointReport> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("file", value.file);
    archive("epoch", value.epoch);
    archive("step", value.step);
}

template <class Archive, Is<DataPair> T>
void fields(Archive& archive, T& value) {
    archive("data", value.data);
    archive("mask", value.mask);
    archive("hash", value.hash);
    archive("modality", value.modality);
    archive.optional("validation", value.validation);
    archive.optional("slices", value.slices);
    archive.optional("subject", value.subject);
    archive.optional("folds", value.folds);
}

template <class Archive, Is<DataSummary> T>
void fields(Archive& archive, T& value) {
    archive("hash", value.hash);
    archive("pairs", value.pairs);
    archive.optional("augmented_copies", value.augmented_copies);
    archive.optional("slices", value.slices);
    archive.optional("training_samples", value.training_samples);
    archive.optional("validation_samples", value.validation_samples);
    archive.optional("bytes", value.bytes);
    archive.optional("prepare_seconds", value.prepare_seconds);
    archive.optional("from_cache", value.from_cache);
}

template <class Archive, Is<World> T>
void fields(Archive& archive, T& value) {
    archive("ranks", value.ranks);
    archive.optional("nodes", value.nodes);
    archive.optional("ranks_of_node", value.ranks_of_node);
    archive.optional("gpus", value.gpus);
    archive.optional("device", value.device);
    archive("group_size", value.group_size);
    archive("trials_per_gpu", value.trials_per_gpu);
    archive.optional("measured_sharing", value.sharing_is_measured);
    archive("threads", value.threads);
    archive("precision", value.precision);
    archive.optional("mpi", value.mpi);
    archive.optional("program", value.program);
}

template <class Archive, Is<Owner> T>
void fields(Archive& archive, T& value) {
    archive("host", value.host);
    archive("pid", value.pid);
    archive.optional("slurm_job", value.slurm_job);
}

template <class Archive, Is<SweepStart> T>
void fields(Archive& archive, T& value) {
    archive.constant("version", journal_version);
    archive("experiment_name", value.experiment_name);
    archive("at", value.at);
    archive.optional("utc_offset", value.utc_offset);
    archive("owner", value.owner);
    archive("world", value.world);
    archive("metric", value.metric);
    archive.optional("shard", value.shard);
    archive.optional("merged_shards", value.merged_shards);
    archive.optional("folds", value.folding.folds);
    archive.optional("repeats", value.folding.repeats);
    archive.optional("first_fold_decides", value.folding.first_decides);
    archive("grid", value.grid);
    archive("configuration", value.configuration);
    archive("data", value.data);
    archive.converted("trials", value.trials, ranges_of, trials_of);
    archive.optional("shared", value.shared);
    archive.optional("rounds", value.rounds);
}

template <class Archive, Is<Continuation> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("from", value.from);
    archive("epoch", value.epoch);
    archive("checkpoint", value.checkpoint);
}

template <class Archive, Is<SweepExtended> T>
void fields(Archive& archive, T& value) {
    archive("at", value.at);
    archive("grid", value.grid);
    archive("configuration", value.configuration);
    archive.converted("trials", value.trials, ranges_of, trials_of);
    archive.converted("permutations", value.indices, ranges_of, trials_of);
    archive.optional("shared", value.shared);
    archive.optional("continued", value.continued);
}

template <class Archive, Is<TrialStarted> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("rank", value.rank);
    archive.optional("checkpoint", value.checkpoint);
    archive("at", value.at);
}

template <class Archive, Is<CheckpointSaved> T>
void fields(Archive& archive, T& value) {
    fields(archive, value.checkpoint);
    archive("at", value.at);
}

template <class Archive, Is<EpochFinished> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("report", value.report);
    archive("at", value.at);
}

template <class Archive, Is<RungReached> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("epoch", value.epoch);
    archive.optional("value", value.value);
    archive("result", value.result);
    archive("at", value.at);
}

template <class Archive, Is<TrialPromoted> T>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive.optional("until_epoch", value.until_epoch);
    archive("rung", value.rung);
    archive.optional("bracket", value.bracket);
    archive("at", value.at);
}

template <class Archive, Is<TrialFinished> T>
void fields(Archive& archive, T& value) {
    archive("result", value.result);
    archive("at", value.at);
}

template <class Archive, class T>
requires Is<T, TrialSuggested> || Is<T, TrialPaused> || Is<T, TrialRetried>
void fields(Archive& archive, T& value) {
    archive("trial", value.trial);
    archive("at", value.at);
}

template <class Archive, Is<Heartbeat> T>
void fields(Archive& archive, T& value) {
    archive("owner", value.owner);
    archive("at", value.at);
}

template <class Archive, Is<Stopped> T>
void fields(Archive& archive, T& value) {
    archive("reason", value.reason);
    archive("at", value.at);
}

template <class Archive, Is<Resumed> T>
void fields(Archive& archive, T& value) {
    archive("owner", value.owner);
    archive("world", value.world);
    archive("at", value.at);
}

template <class Archive, class T>
requires Is<T, Finished> || Is<T, SuggestionsEnded>
void fields(Archive& archive, T& value) { archive("at", value.at); }

}  // namespace msunet::record
