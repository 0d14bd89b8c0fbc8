// SPDX-License-Identifier: Apache-2.0
/// \file
/// Pictures for the report of what a trained network does with slices.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/pictures.hpp"
#include "msunet/train/trainer.hpp"
#include "time_share.hpp"

namespace msunet::app {

/// Writes `trials/<id>/pictures.json` in the experiment's `folder`: the worst validation slices of
/// each modality (without validation data: training slices). Throws what engine and files throw.
void draw_pictures(const data::Dataset& dataset, const std::filesystem::path& folder,
                   const train::TrainedTrial& trained);

/// Whether a trial's pictures are there.
bool has_pictures(const std::filesystem::path& folder, record::TrialId trial);

/// Draws where a trial is better than all that this rank has seen before, and where drawing has not
/// yet cost its share of the time. What it passes over is made up for at the end of the sweep:
/// `draw_missing_pictures`.
class PictureMaker {
public:
    /// `dataset` must outlive it. `metric`: what "best" means. `share`: of the time, in (0,1].
    PictureMaker(const data::Dataset& dataset, const std::string& metric,
                 std::filesystem::path folder, double share = default_share);

    /// Never throws: what goes wrong is a warning.
    void look(const train::TrainedTrial& trained) noexcept;

private:
    /// The other half of 1 % is the Bookkeeper's.
    static constexpr double default_share = 0.005;

    const data::Dataset& dataset_;
    std::filesystem::path folder_;
    record::Leaderboard leaderboard_;
    TimeShare share_;
};

/// Does `draw`; an exception of it becomes a warning that the report will lack this trial's
/// pictures.
void without_pictures_on_failure(record::TrialId trial, const std::function<void()>& draw) noexcept;

/// At most `count` of `all`, evenly spread.
std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::size_t count);

}  // namespace msunet::app
