// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "commands.hpp"
#include "folder_options.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/experiment/experiment_journal.hpp"
#include "msunet/experiment/final_files.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ending.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/sweep/data_parts.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

struct ReportOptions : FolderOptions {
    std::optional<std::string> metric;
    std::optional<std::int64_t> deploy;
};

void describe(core::OptionVisitor& visitor, ReportOptions& options) {
    describe(visitor, static_cast<FolderOptions&>(options));
    visitor.visit({.name = "metric",
                   .help = "Rank the trials by this metric instead of the sweep's own; archive and "
                           "best_model.hdf5 are those of the new best, if its weights were kept "
                           "(--keep_models all).",
                   .affects = core::Affects::run,
                   .value_name = "NAME",
                   .default_text = "the sweep's"},
                  options.metric);
    visitor.visit({.name = "deploy",
                   .help = "Write archive and best_model.hdf5 of this trial, with --folds of this "
                           "permutation, instead of the best, and nothing else. Its weights must "
                           "have been kept (--keep_models all).",
                   .affects = core::Affects::run,
                   .value_name = "ID",
                   .range = ">= 0",
                   .min = 0,
                   .default_text = "the best trial"},
                  options.deploy);
}

void log_written(const fs::path& folder, const experiment::NamedFiles& files) {
    for (const auto& [name, meaning] : files) {
        core::log::info(concat("wrote ", folder / name, ": ", meaning));
    }
}

void log_best(const record::SweepRecord& record) {
    if (const auto* best = record::best(record)) {
        core::log::info(concat("the best is ", record.start.folding.any() ? "" : "trial ",
                               experiment::best_text(record, *best)));
    }
}

/// Why a trial has no model, in words.
std::string_view state_of(const record::SweepRecord& record, record::TrialId id) {
    if (const auto* result = record.result(id)) return core::name_of(result->state);
    if (const auto* known = record.find(record.training_of(id))) {
        return core::name_of(known->state);
    }
    const bool exists = std::ranges::binary_search(record.start.trials, id);
    return exists ? core::name_of(record::TrialState::pending) : "the sweep has no such id";
}

/// Throws core::UsageError where the trial can't be deployed.
void deploy_trial(const fs::path& folder, const record::SweepRecord& record, record::TrialId id) {
    auto sweep = report::make_sweep(record);
    const auto noun = report::noun_of(sweep);
    const record::PermutationView view(record);
    const auto& shown = view.record();
    const auto* const result = shown.result(id);
    if (result == nullptr || result->state != record::TrialState::done) {
        throw core::UsageError({.option = "--deploy",
                                .got = std::to_string(id),
                                .problem = concat(": this ", noun, " has no model"),
                                .why = std::string(state_of(shown, id)),
                                .advice = concat("give the id of a ", noun, " that is done")});
    }
    const auto kept = [&](const auto* trial) { return report::has_weights(folder, *trial); };
    if (!std::ranges::all_of(record::trial_results(record, id), kept)) {
        throw core::UsageError(
            {.option = "--deploy",
             .got = std::to_string(id),
             .problem = concat(": the weights of this ", noun,
                               " were not kept, only those of the best ", noun, " are"),
             .advice = "train with --keep_models all"});
    }
    sweep.chosen = id;
    const auto refit = experiment::refit_of(folder, record, id);
    log_written(folder, experiment::write_models(unet::published_architecture(), folder, record,
                                                 sweep, refit));
    experiment::warn_of_failure(refit);
}

/// "3 trials have not ended yet", with folds "3 trials of 2 permutations have not ended yet".
std::string unfinished_text(const record::SweepRecord& record, const report::Sweep& sweep) {
    const auto trials = record.unfinished();
    auto text = core::counted(trials, "trial");
    if (sweep.folding.any()) {
        const auto permutations = sweep.trial_count - sweep.trials.size();
        text += concat(" of ", core::counted(permutations, "permutation"));
    }
    return concat(text, trials == 1 ? " has" : " have", " not ended yet");
}

core::ExitCode write_report(std::span<const std::string> arguments) {
    ReportOptions options;
    const auto schema = experiment_schema("report", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    const fs::path folder = folder_of("report", options);
    auto record = experiment::read_experiment(folder);
    if (options.metric) {
        record.start.metric =
            sweep::resolve_metric(options.metric, sweep::parts_of(record.start.data));
    }
    if (options.deploy) {
        deploy_trial(folder, record, static_cast<record::TrialId>(*options.deploy));
        return core::ExitCode::ok;
    }
    log_best(record);
    const auto refit = experiment::recorded_refit(folder, record);
    const bool refit_is_left = refit.stage == experiment::RefitStage::left;
    if (record::has_ended(record, refit_is_left)) {
        const auto architecture = unet::published_architecture();
        log_written(folder, experiment::write_final_files(architecture, folder, record, refit));
        experiment::warn_of_failure(refit);
        // With a model the report is complete, whatever has failed.
        return report::lacks_model(report::make_sweep(record))
                   ? experiment::exit_code_of(record, refit)
                   : core::ExitCode::ok;
    }
    const auto sweep = report::make_sweep(record);
    report::write_partial_results(folder, sweep);
    report::write_report(folder, record, experiment::refit_note(refit));
    core::log::info(concat(
        "wrote ", folder / "results.partial.csv", " and ", folder / "report.html", ": ",
        refit_is_left ? concat("the refit has not ended yet: ", experiment::refit_text(refit))
                      : unfinished_text(record, sweep)));
    return core::ExitCode::ok;
}

constexpr const char* report_examples =
    "  msunet report sweep\n"
    "        Then open sweep/report.html in a browser.\n"
    "  msunet report sweep --metric fmri_val_dice\n"
    "        Ranks the trials by another metric.\n"
    "  msunet report sweep --deploy 7\n"
    "        Makes the archive of trial 7.";

}  // namespace

Command report_command() {
    return {"report",
            "report DIR [OPTION…]",
            "write tables, archive and report.html of an experiment again",
            "Writes the CSVs, the Deploy archive, best_model.hdf5 and report.html again from the "
            "experiment's journal. If the sweep has not ended, only report.html and "
            "results.partial.csv are written.",
            report_examples,
            {{core::ExitCode::ok},
             {core::ExitCode::failure},
             {core::ExitCode::usage,
              "a folder that is not an experiment; --deploy of a trial without weights"},
             {core::ExitCode::trials_failed, "only if no trial gave a model"}},
            "  docs/formats.md    every file of an experiment",
            [](const auto& use) {
                ReportOptions options;
                use(experiment_schema("report", options));
            },
            write_report};
}

}  // namespace msunet::app
