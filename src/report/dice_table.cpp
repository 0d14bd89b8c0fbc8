// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/dice_table.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "msunet/core/counted.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/csv.hpp"

namespace msunet::report {

using core::concat;

namespace {

/// Mean and standard deviation of some scans' values.
struct Spread {
    std::vector<double> values;

    [[nodiscard]] std::string text() const {
        const auto scans = static_cast<double>(values.size());
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / scans;
        double squares = 0;
        for (const double value : values) squares += (value - mean) * (value - mean);
        std::string text = core::fixed(mean, 4);
        if (values.size() > 1) {
            text += concat(" ± ", core::fixed(std::sqrt(squares / (scans - 1)), 4));
        }
        return concat(text, " (", core::counted(std::ssize(values), "scan"), ")");
    }
};

/// `value_of` gives an optional value of a scan.
template <class ValueOf>
std::string mean_text(std::span<const ScanDice> scans, ValueOf value_of) {
    std::array<Spread, core::modality_count> means{};
    Spread unknown;
    Spread all;
    for (const auto& one : scans) {
        const std::optional<double> value = value_of(one);
        if (!value) continue;
        auto& spread = one.modality ? means[static_cast<std::size_t>(*one.modality)] : unknown;
        spread.values.push_back(*value);
        all.values.push_back(*value);
    }
    if (all.values.empty()) return {};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < means.size(); ++i) {
        if (means[i].values.empty()) continue;
        parts.push_back(concat(core::modality_names[i], ' ', means[i].text()));
    }
    if (parts.empty()) return concat("all ", all.text());
    if (!unknown.values.empty()) parts.push_back(concat("unknown modality ", unknown.text()));
    return concat(core::join(parts), "; all ", all.text());
}

std::string cell(const std::optional<double>& value) {
    return value ? core::option_text(*value) : std::string();
}

}  // namespace

std::string dice_csv(std::span<const ScanDice> scans) {
    std::string text = io::csv_row(std::vector<std::string>{
        "scan", "modality", "dice", "hausdorff95_mm", "surface_dice", "tolerance_mm"});
    for (const ScanDice& one : scans) {
        text += io::csv_row(std::vector<std::string>{
            one.scan, one.modality ? std::string(core::name_of(*one.modality)) : std::string(),
            core::option_text(one.dice), cell(one.hausdorff95), cell(one.surface_dice),
            cell(one.tolerance)});
    }
    return text;
}

std::string mean_dice_text(std::span<const ScanDice> scans) {
    return mean_text(scans, [](const ScanDice& one) { return std::optional(one.dice); });
}

std::string mean_hausdorff95_text(std::span<const ScanDice> scans) {
    return mean_text(scans, [](const ScanDice& one) { return one.hausdorff95; });
}

std::string mean_surface_dice_text(std::span<const ScanDice> scans) {
    return mean_text(scans, [](const ScanDice& one) { return one.surface_dice; });
}

}  // namespace msunet::report
