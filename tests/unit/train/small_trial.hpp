// SPDX-License-Identifier: Apache-2.0
/// \file
/// A small data set of blobs in noise, and what a trial on it needs.
#pragma once

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_lists.hpp"
#include "msunet/train/trainer.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::test {

/// `slices` slices of 32×32 a source: anatomical, fmri, noddi and an augmented copy to train on,
/// anatomical and fmri to validate on.
inline data::Dataset blobs(std::uint32_t slices = 3) {
    using core::Modality;
    std::vector<data::Source> sources{{"a", Modality::anatomical, false, false, 0},
                                      {"b", Modality::fmri, false, false, 1},
                                      {"c", Modality::noddi, false, false, 2},
                                      {"d", Modality::anatomical, true, false, 3},
                                      {"e", Modality::fmri, true, false, 4},
                                      {"a_rotated", Modality::anatomical, false, true, 0}};
    constexpr std::uint32_t side = 32;
    std::vector<data::Slice> list;
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
    core::RandomStream random(7);
    for (std::uint32_t s = 0; s < sources.size(); ++s) {
        for (std::uint32_t i = 0; i < slices; ++i) {
            list.push_back({s, side, side, voxels.size()});
            const double y0 = random.uniform(10, 22), x0 = random.uniform(10, 22),
                         r = random.uniform(5, 9);
            for (std::uint32_t y = 0; y < side; ++y) {
                for (std::uint32_t x = 0; x < side; ++x) {
                    const bool inside = std::hypot(y - y0, x - x0) < r;
                    masks.push_back(inside ? 1 : 0);
                    voxels.push_back(
                        static_cast<float>(0.5 * random.uniform() + (inside ? 0.5 : 0.0)));
                }
            }
        }
    }
    return data::Dataset::from_vectors(std::move(sources), std::move(list), std::move(voxels),
                                       std::move(masks));
}

/// Answers `go_on` unless a test sets another answer.
class Control final : public record::TrialControl {
public:
    record::Answer after_step(const record::StepReport& report) override {
        ++steps;
        return step_answer ? step_answer(report) : record::Answer::go_on;
    }
    record::Answer after_epoch(record::TrialId, const record::EpochReport& report) override {
        epochs.push_back(report);
        return epoch_answer ? epoch_answer(report) : record::Answer::go_on;
    }
    void checkpoint_written(const record::CheckpointReport& report) override {
        checkpoints.push_back(report);
    }
    void end_reached(const record::TrialResult& result) override { results.push_back(result); }

    std::function<record::Answer(const record::StepReport&)> step_answer;
    std::function<record::Answer(const record::EpochReport&)> epoch_answer;
    std::int64_t steps = 0;
    record::History epochs;
    std::vector<record::CheckpointReport> checkpoints;
    std::vector<record::TrialResult> results;
};

/// A context on blobs in a folder of its own, which is deleted at the end.
class SmallTrial {
public:
    explicit SmallTrial(const std::string& name,
                        comm::Communicator group = comm::Communicator::self_without_mpi(),
                        comm::AllReducer* reducer = nullptr,
                        unet::Architecture architecture = unet::published_architecture())
        : architecture_(std::move(architecture)),
          dataset_(blobs()),
          patches_(dataset_, fixed_patches()),
          weights_(unet::initial_weights(architecture_, 3)),
          folder_(std::filesystem::temp_directory_path() /
                  ("msunet_train_" + name + "_" + group.broadcast(unique()))),
          group_(std::move(group)),
          reducer_(reducer) {
        std::filesystem::create_directories(folder_);
    }
    ~SmallTrial() {
        group_.barrier();
        std::error_code ignored;
        if (group_.is_root()) std::filesystem::remove_all(folder_, ignored);
    }
    SmallTrial(const SmallTrial&) = delete;
    SmallTrial& operator=(const SmallTrial&) = delete;

    [[nodiscard]] train::TrialContext context() const {
        train::TrialContext context{.architecture = architecture_,
                                    .dataset = dataset_,
                                    .patches = patches_,
                                    .start_weights = weights_,
                                    .group = group_};
        context.reducer = reducer_;
        context.metric = "val_dice_coef";
        context.seed = 5;
        context.experiment_folder = folder_;
        return context;
    }

    [[nodiscard]] const unet::Architecture& architecture() const { return architecture_; }
    [[nodiscard]] const data::PatchIndex& index() const { return patches_.of(32, 32); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::vector<core::NamedArray>& weights() const { return weights_; }

private:
    static data::PatchOptions fixed_patches() {
        data::PatchOptions options;
        options.use_frac_patch = false;
        return options;
    }

    static std::string unique() {
        static int count = 0;
        return std::to_string(::getpid()) + "_" + std::to_string(++count);
    }

    unet::Architecture architecture_;
    data::Dataset dataset_;
    mutable data::PatchLists patches_;  ///< makes its indices when they are asked for
    std::vector<core::NamedArray> weights_;
    std::filesystem::path folder_;
    comm::Communicator group_;
    comm::AllReducer* reducer_;
};

/// 12 training samples in batches of 5: the last batch has 2.
inline record::Assignment assignment(const core::Permutation& changes = {},
                                     record::TrialId trial = 4) {
    core::Permutation permutation{{"patch_dimensions", std::int64_t{32}},
                                  {"patch_stride", std::int64_t{32}},
                                  {"batch_size", std::int64_t{5}},
                                  {"dropout", 0.5},
                                  {"epochs", std::int64_t{2}},
                                  {"lr", 1e-4}};
    for (const auto& [name, value] : changes) permutation[name] = value;
    record::Assignment work;
    work.trial = trial;
    work.ends = {{trial, std::move(permutation)}};
    return work;
}

/// Runs a training of one permutation: its result, or what is trained where it paused.
inline record::TrialResult run_trial(const train::TrialContext& context,
                                     const record::Assignment& work, Control& control) {
    const auto trained = train::run_trial(context, work, control);
    if (!trained.paused) return control.results.back();
    return *trained.paused;
}

/// History without times.
inline std::vector<record::Metrics> metrics(const record::History& history) {
    std::vector<record::Metrics> all;
    for (const auto& epoch : history) all.push_back(epoch.metrics);
    return all;
}

}  // namespace msunet::test
