// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/dice_table.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/csv.hpp"

namespace msunet::report {

using core::concat;

namespace {

/// Mean and standard deviation of some scans' Dice.
struct Spread {
    std::vector<double> dices;

    [[nodiscard]] std::string text() const {
        const auto scans = static_cast<double>(dices.size());
        const double mean = std::accumulate(dices.begin(), dices.end(), 0.0) / scans;
        double squares = 0;
        for (const double dice : dices) squares += (dice - mean) * (dice - mean);
        std::string text = core::fixed(mean, 4);
        if (dices.size() > 1) {
            text += concat(" ± ", core::fixed(std::sqrt(squares / (scans - 1)), 4));
        }
        return concat(text, " (", dices.size(), dices.size() == 1 ? " scan)" : " scans)");
    }
};

}  // namespace

std::string dice_csv(std::span<const ScanDice> scans) {
    std::string text = io::csv_row(std::vector<std::string>{"scan", "modality", "dice"});
    for (const auto& [scan, modality, dice] : scans) {
        text += io::csv_row(std::vector<std::string>{
            scan, modality ? std::string(core::name_of(*modality)) : std::string(),
            core::option_text(dice)});
    }
    return text;
}

std::string mean_dice_text(std::span<const ScanDice> scans) {
    if (scans.empty()) return {};
    std::array<Spread, core::modality_count> means{};
    Spread unknown;
    Spread all;
    for (const auto& one : scans) {
        auto& spread = one.modality ? means[static_cast<std::size_t>(*one.modality)] : unknown;
        spread.dices.push_back(one.dice);
        all.dices.push_back(one.dice);
    }
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < means.size(); ++i) {
        if (means[i].dices.empty()) continue;
        parts.push_back(concat(core::modality_names[i], ' ', means[i].text()));
    }
    if (parts.empty()) return concat("all ", all.text());
    if (!unknown.dices.empty()) parts.push_back(concat("unknown modality ", unknown.text()));
    return concat(core::join(parts), "; all ", all.text());
}

}  // namespace msunet::report
