// SPDX-License-Identifier: Apache-2.0
#include "dry_run.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/columns.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/extend_sweep.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/plan/refit_outlook.hpp"
#include "msunet/plan/search_outlook.hpp"
#include "msunet/plan/start_plan.hpp"
#include "msunet/plan/start_table.hpp"
#include "msunet/plan/time_estimate.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::size_t permutations_shown = 10;

std::string size_text(const imaging::Grid& grid) {
    return concat(grid.size[0], "×", grid.size[1], "×", grid.size[2]);
}

/// What a pair is used for; with folds in the first repeat.
std::string use_text(const prepare::Pair& pair, std::size_t number,
                     const prepare::FoldPlan& folds) {
    if (folds.fold_of.empty()) return pair.validation ? "validation" : "training";
    const auto fold = concat("fold ", folds.fold_of.front()[number] + 1);
    return folds.is_copy[number] ? concat(fold, " (copy)") : fold;
}

void print_pairs(const prepare::Survey& survey, const prepare::FoldPlan& folds) {
    std::size_t data_width = 6;
    std::size_t mask_width = 4;
    std::size_t subject_width = 7;
    std::size_t use_width = 10;
    std::vector<std::string> uses;
    for (const auto& surveyed : survey.pairs) {
        data_width = std::max(data_width, core::display_width(surveyed.pair.data));
        mask_width = std::max(mask_width, core::display_width(surveyed.pair.mask));
        subject_width = std::max(subject_width, core::display_width(surveyed.pair.subject));
        uses.push_back(use_text(surveyed.pair, uses.size(), folds));
        use_width = std::max(use_width, uses.back().size());
    }
    core::log::info(concat("pairs (", survey.pairs.size(), ")"));
    core::log::info(concat("  ", core::pad_right("volume", data_width), "  ",
                           core::pad_right("mask", mask_width), "  ",
                           core::pad_right("subject", subject_width), "  modality    ",
                           core::pad_right("split", use_width), "  size → resampled"));
    auto use = uses.begin();
    for (const auto& surveyed : survey.pairs) {
        const auto& pair = surveyed.pair;
        const auto modality =
            std::string(core::modality_names[static_cast<std::size_t>(pair.modality)]);
        core::log::info(concat("  ", core::pad_right(pair.data, data_width), "  ",
                               core::pad_right(pair.mask, mask_width), "  ",
                               core::pad_right(pair.subject, subject_width), "  ",
                               core::pad_right(modality, 10), "  ",
                               core::pad_right(*use++, use_width), "  ", size_text(surveyed.before),
                               " → ", size_text(surveyed.after)));
    }
}

/// The id of each permutation by its index, where the sweep was extended; else empty.
std::map<std::uint64_t, record::TrialId> ids_by_index(const record::SweepStart& start) {
    std::map<std::uint64_t, record::TrialId> ids;
    for (std::size_t i = 0; i < start.indices.size(); ++i) {
        ids[start.indices[i]] = start.folding.permutation(start.trials[i]);
    }
    return ids;
}

void print_grid(const plan::GridPlan& plan, const record::SweepStart& start) {
    core::log::info(
        concat("grid: ", core::join(std::span<const std::string>(plan.selection.lines), "; ")));
    const auto count = plan.selection.count();
    const auto ids = ids_by_index(start);
    std::size_t shown = 0;
    for (const auto index : plan.selection.trials) {
        if (shown == permutations_shown) break;
        ++shown;
        core::log::info(concat("  ", ids.empty() ? index : ids.at(index), ": ",
                               core::permutation_text(plan.grid->permutation(index))));
    }
    if (count > shown) core::log::info(concat("  … and ", count - shown, " more"));
}

/// What a start would do with the experiment's folder.
std::string experiment_text(const settings::TrainSettings& settings,
                            const plan::OpenExperiment& open) {
    if (open.extended) {
        return concat(open.folder, " is extended: ",
                      plan::extension_text(settings, open.choice->replay->record, *open.extended));
    }
    if (open.record() == nullptr) return concat("a new one in ", open.folder);
    const auto& record = *open.record();
    const auto trials = record.planned();
    const auto ended = trials - record.unfinished();
    return concat(open.folder, open.finished ? " has finished, " : " is resumed, ", ended, " of ",
                  trials, " trials have ended");
}

}  // namespace

core::ExitCode dry_run(const settings::TrainSettings& settings, const plan::GridPlan& plan,
                       weights::StartModel start, const prepare::Request& request,
                       const device::Compute& compute, const comm::NodeTopology& topology,
                       prepare::Observer& observer) {
    const auto& world = topology.all();
    const auto input = prepare::survey(request, topology, &observer);
    const auto& survey = input.survey;
    if (!start.notice.empty()) core::log::info(start.notice);
    plan::warn_of_weights(settings, plan.grid->lists(), survey);
    const auto nodes = job::describe_nodes(topology, compute.visible_devices());
    const auto decided = plan::plan_start(settings, plan, std::move(start), survey,
                                          plan::summarise(input), nodes, world);
    const auto estimate = plan::estimate_training(settings, plan, survey, decided, compute, world);
    if (!world.is_root()) return core::ExitCode::ok;
    const auto folds = plan::fold_plan_of(settings, survey);
    for (const auto& warning :
         plan::fold_warnings(settings, decided.first.metric, survey, folds, plan.folding)) {
        core::log::warn(warning);
    }
    print_pairs(survey, folds);
    if (const auto text = plan::folds_text(plan); !text.empty()) {
        core::log::info(concat("cross-validation: ", text));
    }
    for (const auto& line : plan::fold_lines(survey, folds, plan.folding)) {
        core::log::info(concat("  ", line));
    }
    if (const auto refit = plan::refit_outlook(settings, plan); !refit.empty()) {
        core::log::info(concat("refit: ", refit));
    }
    print_grid(plan, decided.first);
    if (const auto sharing = plan::sharing_text(settings, decided.first); !sharing.empty()) {
        core::log::info(concat("shared trainings: ", sharing));
    }
    core::log::info(concat("experiment: ", experiment_text(settings, decided.open)));
    const auto first = plan::first_permutation(plan, settings::default_hyperparameters(settings));
    const auto samples = plan::count_samples(
        survey, data::patch_spec(settings.patches, first.patch_dimensions, first.patch_stride),
        plan.folding.folds);
    core::log::info(concat("preprocessing: ", plan::preprocessing_text(settings), ", ",
                           core::counted(survey.copies, "augmented copy", "augmented copies"),
                           " planned"));
    core::log::info(concat("slices left out: ", plan::dropped_slices_text(survey)));
    core::log::info(concat("memory: at most ",
                           core::bytes_text(static_cast<double>(survey.largest_bytes)),
                           " of slices a node"));
    core::log::info(concat("samples: ", samples.training, " training and ", samples.validation,
                           " validation patches in the first permutation",
                           plan.folding.any() ? ", on average over its folds" : ""));
    if (const auto search = plan::search_text(decided.first); !search.empty()) {
        core::log::info(concat("search: ", search));
    }
    if (!estimate.empty()) core::log::info(concat("estimate: ", estimate));
    core::log::info("dry run: nothing was trained or written");
    return core::ExitCode::ok;
}

}  // namespace msunet::app
