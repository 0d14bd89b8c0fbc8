// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"

namespace msunet::simulation {

namespace {

template <class Value>
Value parsed(std::string_view text) {
    if constexpr (std::is_same_v<Value, sweep::StrategyKind>) {
        if (const auto kind = core::value_named<Value>(text)) return *kind;
    } else if constexpr (std::is_same_v<Value, bool>) {
        if (text == "yes") return true;
        if (text == "no") return false;
    } else {
        Value number{};
        const auto* end = text.data() + text.size();
        const auto result = std::from_chars(text.data(), end, number);
        if (result.ec == std::errc() && result.ptr == end && number >= 0) return number;
    }
    throw std::runtime_error(core::concat("'", text, "' is no value here"));
}

std::string shown(double value) { return core::concat(value); }
std::string shown(std::int64_t value) { return core::concat(value); }
std::string shown(std::uint64_t value) { return core::concat(value); }
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(sweep::StrategyKind value) { return std::string(core::name_of(value)); }

/// Calls visit(name, member, help) for each member.
template <class Visit>
void describe(Scenario& scenario, Visit&& visit) {
    visit("groups", scenario.groups, "each trains one trial at a time, four on a node");
    visit("trials", scenario.trials, "of 9 epochs each");
    visit("strategy", scenario.strategy, "grid, halving, hyperband, asha");
    visit("known", scenario.known, "whether the scheduler knows how long each trial takes");
    visit("mtbf", scenario.node_mtbf, "hours between two failures of a node; 0: none");
    visit("bandwidth", scenario.bandwidth, "GB/s of the file system; 0: files cost nothing");
    visit("stream", scenario.stream, "GB/s of one reader or writer");
    visit("file", scenario.file, "ms to create or open a file and bring it to the disk");
    visit("sync", scenario.sync, "ms of an fsync of the journal");
    visit("sync_each_line", scenario.sync_each_line, "instead of once a second");
    visit("checkpoint", scenario.checkpoint, "MB of a checkpoint");
    visit("result", scenario.result, "MB of a trial's files at its end");
    visit("program", scenario.program, "GB that each node reads at a start");
    visit("data", scenario.data, "GB of the data set");
    visit("data_by_each_node", scenario.data_by_each_node, "instead of read once and exchanged");
    visit("interval", scenario.interval, "seconds between two checkpoints of a trial");
    visit("patience", scenario.patience,
          "a checkpoint is due at the earliest after so many times the seconds that writing the "
          "last one took; 0: training waits for it");
    visit("csv", scenario.csv, "a row of a CSV file instead of one in Markdown");
}

}  // namespace

Scenario scenario_of(const std::vector<std::string>& words) {
    Scenario scenario;
    for (const std::string_view word : words) {
        const auto equals = word.find('=');
        bool known = false;
        describe(scenario, [&](std::string_view name, auto& member, std::string_view) {
            if (equals == std::string_view::npos || word.substr(0, equals) != name) return;
            member = parsed<std::remove_reference_t<decltype(member)>>(word.substr(equals + 1));
            known = true;
        });
        if (!known) throw std::runtime_error(core::concat("unknown word '", word, "', try help"));
    }
    return scenario;
}

std::string scenario_help() {
    Scenario scenario;
    std::string text;
    describe(scenario, [&](std::string_view name, const auto& member, std::string_view help) {
        text += core::concat(name, "=", shown(member), "\t", help, "\n");
    });
    return text;
}

}  // namespace msunet::simulation
