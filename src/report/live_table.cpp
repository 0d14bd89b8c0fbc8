// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/live_table.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "report/table_cell.hpp"

namespace msunet::report {
namespace {

using core::pad_left;
using core::pad_right;
using core::shorten;

constexpr std::size_t trial_width = 8;
constexpr std::size_t epoch_width = 9;
constexpr std::size_t metric_width = 9;
constexpr std::size_t left_width = 13;
constexpr std::size_t columns = trial_width + epoch_width + 3 * metric_width + left_width;
constexpr std::size_t longest_bar = 24;
constexpr std::size_t shortest_live_bar = 8;
// Heading, totals and the best.
constexpr std::size_t fixed_lines = 3;

// Width of the bar with the blanks around it; 0 if there is no room for one.
std::size_t bar_room(std::size_t width) {
    if (width < columns + shortest_live_bar + 2) return 0;
    return std::min(longest_bar, width - columns - 2) + 2;
}

std::string bar(double share, std::size_t room) {
    if (room == 0) return {};
    const std::size_t inside = room - 4;
    const auto filled =
        static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside));
    return core::concat("  [", pad_right(std::string(filled, '='), inside), "]");
}

std::string metric_cell(std::optional<double> value) {
    return value ? table_cell(*value, metric_width) : table_cell("-", metric_width);
}

std::string time_text(std::optional<double> seconds) {
    if (!seconds) return "-";
    // Tenths of a second would only flicker.
    const double whole = std::round(std::max(0.0, *seconds));
    return whole < 60 ? core::concat(std::llround(whole), " s") : core::duration_text(whole);
}

std::string heading(std::size_t room) {
    return core::concat(pad_left("trial", trial_width), pad_left("epoch", epoch_width),
                        std::string(room, ' '), pad_left("loss", metric_width),
                        pad_left("Dice", metric_width), pad_left("val Dice", metric_width),
                        pad_left("left", left_width));
}

std::string row(const RunningTrial& trial, std::size_t room) {
    return core::concat(
        table_cell(training_cell(trial.trial, trial.others, trial.is_refit), trial_width),
        table_cell(core::concat(trial.epoch, "/", trial.epochs), epoch_width),
        bar(trial.share, room), metric_cell(trial.loss), metric_cell(trial.dice),
        metric_cell(trial.val_dice), table_cell(time_text(trial.seconds_left), left_width));
}

std::string totals_line(const SweepTotals& totals) {
    std::string text = "   " + format_counts(totals);
    if (totals.seconds_left) {
        text += core::concat("; ", totals.at_most ? "at most " : "", time_text(totals.seconds_left),
                             " left");
    }
    return text;
}

}  // namespace

std::string format_counts(const SweepTotals& totals) {
    std::vector<std::string> parts{core::concat(totals.done, " done")};
    if (totals.failed > 0) parts.push_back(core::concat(totals.failed, " failed"));
    if (totals.stopped > 0) parts.push_back(core::concat(totals.stopped, " stopped"));
    parts.push_back(core::concat(totals.running, " running"));
    parts.push_back(core::concat(totals.left, " left"));
    return core::join(parts);
}

std::string format_live_table(const std::vector<RunningTrial>& trials, const SweepTotals& totals,
                              std::size_t width, std::size_t height) {
    const std::size_t room = bar_room(width);
    std::vector<std::string> lines{heading(room)};
    const std::size_t rows = height > fixed_lines ? height - fixed_lines : 0;
    // The last row counts the others.
    const std::size_t shown =
        trials.size() <= rows ? trials.size() : std::max<std::size_t>(rows, 1) - 1;
    for (std::size_t i = 0; i < shown; ++i) lines.push_back(row(trials[i], room));
    if (shown < trials.size()) {
        lines.push_back(core::concat("   and ", trials.size() - shown, " more running"));
    }
    lines.push_back(totals_line(totals));
    if (!totals.best.empty()) lines.push_back("   best so far " + totals.best);
    for (std::string& line : lines) line = shorten(line, width);
    return core::join(lines, "\n");
}

}  // namespace msunet::report
