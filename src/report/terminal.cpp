// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/terminal.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/columns.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/cross_validation.hpp"
#include "msunet/report/late_drop.hpp"
#include "report/table_cell.hpp"

namespace msunet::report {
namespace {

using core::break_lines;
using core::display_width;
using core::pad_left;
using core::pad_right;
using core::shorten;

constexpr std::size_t longest_bar = 30;
constexpr std::size_t shortest_bar = 6;
constexpr std::size_t longest_label = 40;

std::string rate_text(double per_second) {
    if (!std::isfinite(per_second)) return "-";
    return per_second < 100 ? core::fixed(per_second, 1)
                            : core::thousands(std::llround(per_second));
}

constexpr std::size_t metric_column = 10;

// The columns around the metrics, the same in heading and lines.
std::string epoch_columns(std::string_view trial, std::string_view epoch, std::string_view metrics,
                          std::string_view time, std::string_view rate, std::string_view left) {
    return core::concat(table_cell(trial, 8), table_cell(epoch, 10), metrics, table_cell(time, 13),
                        table_cell(rate, 11), table_cell(left, 13));
}

std::string bar(double fraction, std::size_t width) {
    const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(width - 2));
    std::string inside(filled, '=');
    if (filled < width - 2) inside += '>';
    return core::concat("[", pad_right(inside, width - 2), "]");
}

std::string state_counts(const Sweep& sweep) {
    std::size_t done = 0;
    std::size_t failed = 0;
    std::size_t pca = 0;
    std::size_t stopped = 0;
    for (const record::TrialResult& trial : sweep.trials) {
        done += trial.state == record::TrialState::done ? 1 : 0;
        failed += trial.state == record::TrialState::failed ? 1 : 0;
        pca += trial.state == record::TrialState::pca ? 1 : 0;
        stopped += trial.state == record::TrialState::stopped ? 1 : 0;
    }
    std::string text = core::concat(core::thousands(static_cast<std::int64_t>(done)), " done");
    if (stopped > 0) {
        text += core::concat(", ", core::thousands(static_cast<std::int64_t>(stopped)),
                             " stopped by the search");
    }
    if (pca > 0) text += core::concat(", ", pca, " pca_only");
    if (failed > 0) text += core::concat(", ", failed, " failed (see failures.csv)");
    const std::size_t ended = sweep.trials.size();
    if (ended < sweep.trial_count) {
        text += core::concat(", ", sweep.trial_count - ended, " not run");
    }
    return text;
}

class Block {
public:
    void row(std::string_view name, std::string_view value) {
        bool first = true;
        for (const std::string& line : break_lines(value, 84)) {
            text_ += core::concat("  ", pad_right(first ? name : "", 14), line, "\n");
            first = false;
        }
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

void add_best_trial(Block& block, const Sweep& sweep) {
    const auto row = best_trial(sweep);
    if (!row) {
        if (lacks_model(sweep)) block.row("best", "none: " + missing_model_text(sweep));
        return;
    }
    const record::TrialResult& best = sweep.trials[*row];
    const auto ranked = *record::ranked_value(best, sweep.metric);
    std::string text = core::concat(noun_of(sweep), " ", best.trial, ", ", ranked.metric, " ",
                                    core::fixed(ranked.value, 4));
    if (ranked.metric != sweep.metric) {
        text += core::concat(" (no ", noun_of(sweep), " has ", sweep.metric, ")");
    }
    block.row("best", text);
    if (!best.permutation.empty()) block.row("", core::permutation_text(best.permutation));
    const record::ModalityRow* dice = record::summary_modality(best);
    if (dice == nullptr) return;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < core::modality_names.size(); ++i) {
        const auto& value = sweep.has_validation ? dice->dice.val[i] : dice->dice.train[i];
        if (value)
            parts.push_back(core::concat(core::modality_names[i], " ", core::fixed(*value, 4)));
    }
    if (!parts.empty()) {
        block.row(sweep.has_validation ? "val. Dice" : "Dice", core::join(parts));
    }
}

// With folds: the spread of the best, and what can't be told from it.
void add_folds(Block& block, const Sweep& sweep) {
    const auto spreads = fold_spreads(sweep);
    if (spreads.empty()) return;
    const FoldSpread& best = spreads.front();
    block.row("folds", core::concat(sweep.metric, " ", spread_text(best),
                                    " (mean and standard deviation of ", best.trials,
                                    " trials; each one is in folds.csv)"));
    const auto equal = equal_permutations(spreads);
    if (equal.size() < 2) {
        const bool some_stopped =
            std::ranges::find(sweep.trials, record::TrialState::stopped,
                              &record::TrialResult::state) != sweep.trials.end();
        if (spreads.size() > 1) {
            block.row("", core::concat("better than all others",
                                       some_stopped ? " that have all folds" : "",
                                       " (corrected resampled t-test)"));
        }
        return;
    }
    constexpr std::size_t most_named = 5;
    std::vector<std::string> named;
    for (const FoldSpread& one : equal) {
        if (named.size() == most_named) break;
        named.push_back(
            core::concat(one.permutation, " (", spread_text(one), ", ", one.epochs, " epochs)"));
    }
    if (equal.size() > most_named)
        named.push_back(core::concat(equal.size() - most_named, " more"));
    block.row("", core::concat("can't be told apart (corrected resampled t-test), cheapest first: ",
                               core::join(named)));
}

void add_late_drop(Block& block, const Sweep& sweep) {
    const auto drop = largest_late_drop(sweep);
    if (!drop) return;
    auto text =
        core::concat("trial ", drop->trial, record::fold_in_brackets(sweep.folding, drop->trial),
                     " ended with ", drop->metric, " ", core::fixed(drop->last, 4), ", its epoch ",
                     drop->best_epoch, " had ", core::fixed(drop->best, 4));
    if (drop->trials > 1) {
        const std::size_t others = drop->trials - 1;
        text += core::concat("; ", core::counted(others, "other trial"), " lost more than ",
                             late_drop_limit);
    }
    block.row("last epoch", text + "; --restore_best True keeps the best epoch");
}

}  // namespace

std::string epoch_heading(bool has_validation) {
    std::string metrics = table_cell("loss", metric_column) + table_cell("Dice", metric_column);
    if (has_validation) {
        metrics += table_cell("val loss", metric_column) + table_cell("val Dice", metric_column);
    }
    return epoch_columns("trial", "epoch", metrics, "time", "samples/s", "left");
}

std::string format_epoch_line(const EpochLine& line) {
    std::string metrics =
        table_cell(line.loss, metric_column) + table_cell(line.dice, metric_column);
    if (line.val_loss && line.val_dice) {
        metrics +=
            table_cell(*line.val_loss, metric_column) + table_cell(*line.val_dice, metric_column);
    }
    return epoch_columns(training_cell(line.trial, line.others, line.is_refit),
                         core::concat(line.epoch, "/", line.epochs), metrics,
                         core::duration_text(line.seconds), rate_text(line.samples_per_second),
                         line.seconds_left ? core::duration_text(*line.seconds_left) : "-");
}

std::string format_progress(const Progress& progress, std::size_t width) {
    const double fraction = progress.total == 0
                                ? 0
                                : std::min(1.0, static_cast<double>(progress.done) /
                                                    static_cast<double>(progress.total));
    const std::string label = shorten(progress.label, longest_label);
    const std::string percent =
        pad_left(core::concat(static_cast<int>(std::floor(100 * fraction)), " %"), 5);
    std::string tail =
        core::concat(percent, "  ", core::thousands(static_cast<std::int64_t>(progress.done)), "/",
                     core::thousands(static_cast<std::int64_t>(progress.total)));
    if (progress.seconds_left) {
        tail += core::concat("  ", core::duration_text(*progress.seconds_left), " left");
    }
    if (!progress.note.empty()) tail += "  " + progress.note;
    const std::size_t text = display_width(label) + display_width(tail) + 2;
    if (width < text + shortest_bar) return shorten(label + "  " + percent, width);
    const std::size_t bar_width = std::min(longest_bar, width - text);
    return core::concat(label, " ", bar(fraction, bar_width), " ", tail);
}

std::string format_final_summary(const Sweep& sweep, const FinalSummary& summary) {
    Block block;
    block.row(core::concat(noun_of(sweep), "s"), state_counts(sweep));
    for (const std::string& line : summary.search) {
        block.row(&line == &summary.search.front() ? "search" : "", line);
    }
    if (!summary.stopped.empty()) block.row("stopped", summary.stopped);
    add_best_trial(block, sweep);
    add_folds(block, sweep);
    if (!summary.refit.empty()) block.row("refit", summary.refit);
    if (!summary.whole_masks.empty()) {
        block.row(
            "whole masks",
            core::concat(
                "Dice ", summary.whole_masks,
                sweep.folding.any() ? "; each scan by the model that was trained without it" : ""));
    }
    add_late_drop(block, sweep);
    std::string time = core::duration_text(summary.seconds);
    if (summary.starts > 1) time += core::concat(" in ", summary.starts, " starts");
    time += core::concat(" on ", core::counted(summary.ranks, "rank"));
    if (summary.idle_fraction) {
        time += core::concat(", idle ", core::fixed(100 * *summary.idle_fraction, 1), " %");
    }
    block.row("time", time);
    block.row("results in", summary.folder);
    std::size_t widest = 0;
    for (const auto& [name, what] : summary.files) widest = std::max(widest, display_width(name));
    for (const auto& [name, what] : summary.files) {
        block.row("", core::concat(pad_right(name, std::min<std::size_t>(widest, 44)), "  ", what));
    }
    return core::concat(sweep.experiment, "\n", block.text());
}

}  // namespace msunet::report
