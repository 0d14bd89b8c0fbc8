// SPDX-License-Identifier: Apache-2.0
// Searches a table of trained permutations with the program's own strategies and samplers, without
// training.
//
//   search_on_table TABLE SEEDS [GROUPS]
//
// TABLE is a file of make_table.py. A line whenever a trial that ran to its end is better than
// those before: search, seed, epochs trained so far by all trials, its metric.

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../simulation/simulated_sweep.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/suggester.hpp"
#include "support/csv.hpp"

namespace msunet::simulation {
namespace {

using record::TrialId;

/// A table of make_table.py: its rows are the permutations of a grid, in the grid's order.
struct Table {
    record::GridLists lists;
    std::vector<std::vector<double>> curves;  ///< metric after each epoch, by row

    [[nodiscard]] std::int64_t epochs() const { return std::ssize(curves.front()); }
    [[nodiscard]] std::int64_t all_epochs() const { return std::ssize(curves) * epochs(); }
};

double number_of(const std::string& text) {
    double number = 0;
    const auto* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, number).ptr != end) {
        throw std::runtime_error("no number: " + text);
    }
    return number;
}

/// A number where the text is one.
core::Value value_of(const std::string& text) {
    double number = 0;
    const auto* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, number).ptr == end) return number;
    return text;
}

Table read_table(const std::string& file) {
    const auto [head, rows] = test::read_csv(file);
    const auto first_epoch = std::ranges::find(head, "1") - head.begin();
    Table table;
    for (const auto& row : rows) {
        for (std::int64_t column = 1; column < first_epoch; ++column) {
            const auto at = static_cast<std::size_t>(column);
            auto& values = table.lists[head[at]];
            const auto value = value_of(row[at]);
            if (std::ranges::find(values, value) == values.end()) values.push_back(value);
        }
        auto& curve = table.curves.emplace_back();
        for (auto at = static_cast<std::size_t>(first_epoch); at < head.size(); ++at) {
            curve.push_back(number_of(row[at]));
        }
    }
    return table;
}

void print(const std::string& search, std::uint64_t seed, const std::vector<BestSoFar>& trace) {
    for (const auto& step : trace) {
        std::cout << "msunet " << search << ',' << seed << ',' << step.epochs << ',' << step.dice
                  << '\n';
    }
}

/// The rows in an order that the seed decides: ids of equal trials decide ties, and a grid's order.
std::vector<std::uint32_t> shuffled_rows(const Table& table, std::uint64_t seed) {
    core::RandomStream random(core::derive_seed(seed, {core::seed_label("table")}));
    return random.permutation(static_cast<std::uint32_t>(table.curves.size()));
}

void search_with_strategy(const Table& table, const std::string& name, sweep::SearchRules rules,
                          sweep::GroupId groups, std::uint64_t seed) {
    const auto rows = shuffled_rows(table, seed);
    record::SweepStart start;
    start.metric = "val_dice_coef";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        start.grid["row"].emplace_back(static_cast<std::int64_t>(i));
        start.trials.push_back(i);
    }
    rules.seed = seed;
    Workload workload;
    workload.epochs = [&](TrialId) { return table.epochs(); };
    workload.seconds = [](TrialId, std::int64_t) { return 1.0; };
    workload.dice = [&](TrialId trial, std::int64_t epoch) {
        return table.curves[rows[trial]][static_cast<std::size_t>(epoch)];
    };
    workload.rules = rules;
    Cluster cluster;
    cluster.groups = groups;
    print(name, seed, simulate(start, workload, cluster).trace);
}

/// One trial after the other, each to its end.
void search_with_tpe(const Table& table, std::uint64_t seed) {
    const sweep::ParameterGrid grid(table.lists);
    sweep::TpeSettings settings;
    settings.seed = seed;
    settings.metric = "val_dice_coef";
    const auto suggester = sweep::tpe(grid, settings);
    std::vector<BestSoFar> trace;
    std::int64_t epochs = 0;
    while (const auto trial = suggester->suggest()) {
        const double value = table.curves[*trial].back();
        epochs += table.epochs();
        suggester->ended(*trial, value);
        if (trace.empty() || value > trace.back().dice) trace.push_back({epochs, 0, value});
    }
    print("tpe", seed, trace);
}

void search(const Table& table, std::uint64_t seeds, sweep::GroupId groups) {
    const std::array<std::pair<const char*, sweep::StrategyKind>, 4> strategies{
        {{"random", sweep::StrategyKind::grid},
         {"halving", sweep::StrategyKind::halving},
         {"hyperband", sweep::StrategyKind::hyperband},
         {"asha", sweep::StrategyKind::asha}}};
    for (const auto& [name, kind] : strategies) {
        for (const std::int64_t first : {1, 3}) {
            if (kind == sweep::StrategyKind::grid && first > 1) continue;
            sweep::SearchRules rules;
            rules.kind = kind;
            rules.min_epochs = first;
            const auto label = first > 1 ? core::concat(name, " from ", first) : std::string(name);
            for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
                search_with_strategy(table, label, rules, groups, seed);
            }
        }
    }
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) search_with_tpe(table, seed);
}

}  // namespace
}  // namespace msunet::simulation

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        if (arguments.size() < 2) throw std::runtime_error("TABLE and SEEDS are missing");
        const auto groups = arguments.size() > 2 ? std::stoll(arguments[2]) : 1;
        msunet::simulation::search(msunet::simulation::read_table(arguments[0]),
                                   std::stoull(arguments[1]), groups);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "search_on_table: " << error.what() << '\n';
        return 1;
    }
}
