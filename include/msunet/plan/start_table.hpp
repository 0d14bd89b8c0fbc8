// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table of effective settings that is printed when training starts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "msunet/plan/sweep_setup.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/report/start_table.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::plan {

/// What the table shows.
struct StartFacts {
    const settings::TrainSettings& settings;
    const GridPlan& plan;
    const prepare::Prepared& prepared;
    const data::PatchIndex& index;  ///< of the first permutation
    const weights::StartModel& start;
    const record::World& world;
    const sweep::Placement& placement;
    std::string folder;
    std::string metric;
    std::string sharing;                ///< what shared trainings save; empty: nothing is shared
    std::string going_on;               ///< what goes on from checkpoints of others; may be empty
    std::optional<double> stop_before;  ///< unix seconds
    std::string search;                 ///< of a strategy (search_text); empty: a grid
    std::string estimate;               ///< of the time; empty: none
    std::vector<std::string> notices;
    std::string trials_per_gpu{};  ///< empty: a number was given
};

/// Counts by modality and split.
report::DataCounts data_counts(const data::Dataset& dataset, const data::PatchIndex& index);

/// The table's content.
report::StartTable start_table(const StartFacts& facts);

/// The slices with mask that are not trained on: "60 with mask at the ends of 30 scans
/// (--end_slices keep keeps them), 2 with mask without a value above 0.2"; "none with mask".
std::string dropped_slices_text(const prepare::Survey& survey);

/// The target size in words: "to 64 pixels width, field of view kept".
std::string preprocessing_text(const settings::TrainSettings& settings);

/// Which rank has which GPU, by the first part of its UUID; all of it is in environment.json.
std::string devices_text(const sweep::Placement& placement);

}  // namespace msunet::plan
