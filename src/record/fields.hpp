// SPDX-License-Identifier: Apache-2.0
#pragma once

// Each record's members by name, once for reading and writing.

#include <type_traits>

#include "msunet/record/event.hpp"
#include "record/archive.hpp"

namespace msunet::record {

/// `T` or `const T`: the writer sees constants.
template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

template <>
struct Names<TrialState> {
    static std::string_view text(TrialState value) { return name_of(value); }
    static std::optional<TrialState> parse(std::string_view name) { return trial_state_of(name); }
};

template <>
struct Names<StopReason> {
    static std::string_view text(StopReason value) { return name_of(value); }
    static std::optional<StopReason> parse(std::string_view name) { return stop_reason_of(name); }
};

template <>
struct Names<core::Modality> {
    static std::string_view text(core::Modality value) { return core::name_of(value); }
    static std::optional<core::Modality> parse(std::string_view name) {
        return core::modality_named(name);
    }
};

template <>
struct Names<core::Affects> {
    static std::string_view text(core::Affects value) {
        switch (value) {
            case core::Affects::data:
                return "data";
            case core::Affects::result:
                return "result";
            case core::Affects::run:
                break;
        }
        return "run";
    }
    static std::optional<core::Affects> parse(std::string_view name) {
        for (const auto value : {core::Affects::data, core::Affects::result, core::Affects::run}) {
            if (name == text(value)) return value;
        }
        return std::nullopt;
    }
};

/// Selected permutations as [first, count] pairs: a whole grid is one pair.
struct Runs {
    std::vector<std::array<TrialId, 2>> runs;
};
Runs runs_of(const std::vector<TrialId>& trials);
/// Throws core::InputError for more than a sweep may hold.
std::vector<TrialId> trials_of(const Runs& runs);

template <class A, Is<Metrics> T>
void fields(A& archive, T& value) {
    archive("loss", value.loss);
    archive("dice_coef", value.dice_coef);
    archive("jaccard_similarity", value.jaccard_similarity);
    archive.maybe("val_loss", value.val_loss);
    archive.maybe("val_dice_coef", value.val_dice_coef);
    archive.maybe("val_jaccard_similarity", value.val_jaccard_similarity);
}

template <class A, Is<ModalityDice> T>
void fields(A& archive, T& value) {
    archive("val", value.val);
    archive("train", value.train);
}

template <class A, Is<ModalityRow> T>
void fields(A& archive, T& value) {
    archive("epoch", value.epoch);
    archive("dice", value.dice);
}

template <class A, Is<EpochReport> T>
void fields(A& archive, T& value) {
    archive("epoch", value.epoch);
    archive("metrics", value.metrics);
    archive.maybe("modality", value.modality);
    archive.maybe("learning_rate", value.learning_rate);
    archive.maybe("seconds", value.seconds);
    archive.maybe("samples_per_second", value.samples_per_second);
}

template <class A, Is<TrialResult> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("state", value.state);
    archive("permutation", value.permutation);
    archive.maybe("reason", value.reason);
    archive("history", value.history);
    archive.maybe("modality", value.modality);
    archive.maybe("best_epoch", value.best_epoch);
    archive("started_at", value.started_at);
    archive("ended_at", value.ended_at);
    archive("duration", value.duration);
    archive("rank", value.rank);
    archive("ranks", value.ranks);
    archive.maybe("num_gpus", value.num_gpus);
    archive.maybe("patch_size", value.patch_size);
    archive.maybe("weights_file", value.weights_file);
    archive.maybe("files", value.files);
    archive.maybe("peak_memory_bytes", value.peak_memory_bytes);
    archive.maybe("notices", value.notices);
}

template <class A, Is<Assignment> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("permutation", value.permutation);
    archive.maybe("until_epoch", value.until_epoch);
    archive.maybe("checkpoint", value.checkpoint);
    archive.maybe("spent_seconds", value.spent_seconds);
    archive.maybe("first_started_at", value.first_started_at);
}

template <class A, Is<CheckpointReport> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("file", value.file);
    archive("epoch", value.epoch);
    archive("step", value.step);
}

template <class A, Is<core::OptionText> T>
void fields(A& archive, T& value) {
    archive("name", value.name);
    archive("value", value.text);
    archive("affects", value.affects);
}

template <class A, Is<DataPair> T>
void fields(A& archive, T& value) {
    archive("data", value.data);
    archive("mask", value.mask);
    archive("hash", value.hash);
    archive("modality", value.modality);
    archive.maybe("validation", value.validation);
    archive.maybe("slices", value.slices);
}

template <class A, Is<DataSummary> T>
void fields(A& archive, T& value) {
    archive("hash", value.hash);
    archive("pairs", value.pairs);
    archive.maybe("augmented_copies", value.augmented_copies);
    archive.maybe("slices", value.slices);
    archive.maybe("training_samples", value.training_samples);
    archive.maybe("validation_samples", value.validation_samples);
    archive.maybe("bytes", value.bytes);
    archive.maybe("prepare_seconds", value.prepare_seconds);
    archive.maybe("from_cache", value.from_cache);
}

template <class A, Is<World> T>
void fields(A& archive, T& value) {
    archive("ranks", value.ranks);
    archive.maybe("nodes", value.nodes);
    archive.maybe("ranks_of_node", value.ranks_of_node);
    archive.maybe("gpus", value.gpus);
    archive.maybe("device", value.device);
    archive("group_size", value.group_size);
    archive("trials_per_gpu", value.trials_per_gpu);
    archive("threads", value.threads);
    archive("precision", value.precision);
    archive.maybe("mpi", value.mpi);
    archive.maybe("program", value.program);
}

template <class A, Is<Owner> T>
void fields(A& archive, T& value) {
    archive("host", value.host);
    archive("pid", value.pid);
    archive.maybe("slurm_job", value.slurm_job);
}

template <class A, Is<Runs> T>
void fields(A& archive, T& value) {
    archive("trials", value.runs);
}

template <class A, Is<SweepStart> T>
void fields(A& archive, T& value) {
    archive("experiment_name", value.experiment_name);
    archive("at", value.at);
    archive.maybe("utc_offset", value.utc_offset);
    archive("owner", value.owner);
    archive("world", value.world);
    archive("metric", value.metric);
    archive.maybe("shard", value.shard);
    archive("grid", value.grid);
    archive("configuration", value.configuration);
    archive("data", value.data);
}

template <class A, Is<TrialStarted> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("rank", value.rank);
    archive.maybe("checkpoint", value.checkpoint);
    archive("at", value.at);
}

template <class A, Is<CheckpointSaved> T>
void fields(A& archive, T& value) {
    fields(archive, value.checkpoint);
    archive("at", value.at);
}

template <class A, Is<EpochFinished> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("report", value.report);
    archive("at", value.at);
}

template <class A, Is<TrialFinished> T>
void fields(A& archive, T& value) {
    archive("result", value.result);
    archive("at", value.at);
}

template <class A, Is<TrialLost> T>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("reason", value.reason);
    archive("at", value.at);
}

template <class A, class T>
requires Is<T, TrialPaused> || Is<T, TrialRetried>
void fields(A& archive, T& value) {
    archive("trial", value.trial);
    archive("at", value.at);
}

template <class A, Is<Heartbeat> T>
void fields(A& archive, T& value) {
    archive("owner", value.owner);
    archive("at", value.at);
}

template <class A, Is<Stopped> T>
void fields(A& archive, T& value) {
    archive("reason", value.reason);
    archive("at", value.at);
}

template <class A, Is<Resumed> T>
void fields(A& archive, T& value) {
    archive("owner", value.owner);
    archive("world", value.world);
    archive("at", value.at);
}

template <class A, Is<Finished> T>
void fields(A& archive, T& value) {
    archive("at", value.at);
}

}  // namespace msunet::record
