// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/time_share.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::app {

/// The files of trials that the report module knows: PCA's, and pictures of the best trials.
class TrialFileWriter final : public train::TrialFiles {
public:
    /// `dataset` must outlive it. `metric`: what "best" means. `configuration`: the sweep's, for
    /// the attributes of weights. `share`: of the time that pictures may take, in (0,1].
    TrialFileWriter(const data::Dataset& dataset, const std::string& metric,
                    std::filesystem::path experiment_folder, record::Configuration configuration,
                    double share = default_share);

    std::vector<std::string> write_components(record::TrialId trial,
                                              std::span<const double> cumulative) override;
    [[nodiscard]] std::map<std::string, std::string> attributes(
        const unet::Hyperparameters& hyperparameters, const std::string& patch_size) const override;
    /// Only where the trial is better than all that this rank has trained before, and where
    /// pictures have not yet taken their share of the time. `draw_missing_pictures` draws the rest
    /// at the end of the sweep. What goes wrong is a warning.
    void write_pictures(const train::TrainedTrial& trained) noexcept override;

private:
    /// The other half of 1 % is the SweepReporter's.
    static constexpr double default_share = 0.005;

    const data::Dataset& dataset_;
    std::filesystem::path folder_;
    record::Configuration configuration_;
    record::Leaderboard leaderboard_;
    core::TimeShare share_;
};

}  // namespace msunet::app
