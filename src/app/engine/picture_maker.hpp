// SPDX-License-Identifier: Apache-2.0
/// \file
/// Pictures for the report of what a trained network does with slices.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/report/pictures.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::app {

/// Draws the worst validation slices of each modality (without validation data: training slices)
/// where a trial is better than all that this rank has seen before. So the best trial of a sweep
/// always has pictures, whoever trained it, and the time that they take is that of a few trials.
class PictureMaker {
public:
    /// `dataset` must outlive it. `metric`: what "best" means.
    PictureMaker(const data::Dataset& dataset, const std::string& metric,
                 std::filesystem::path folder);

    /// Writes `trials/<id>/pictures.json` where the trial is the best so far. Never throws: what
    /// goes wrong is a warning.
    void look(const train::TrainedTrial& trained) noexcept;

private:
    void draw(const train::TrainedTrial& trained) const;

    const data::Dataset& dataset_;
    std::filesystem::path folder_;
    record::Standing standing_;
    /// Slices by modality that are candidates, indices into the data set's.
    std::vector<std::vector<std::size_t>> candidates_;
};

/// At most `count` of `all`, evenly spread.
std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::size_t count);

}  // namespace msunet::app
