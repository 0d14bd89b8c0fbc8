// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/dice_table.hpp"

#include <array>
#include <vector>

#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/csv.hpp"

namespace msunet::report {

using core::concat;

namespace {

/// A sum of Dice values and how many they are.
struct Mean {
    double sum = 0;
    std::size_t scans = 0;

    void add(double dice) {
        sum += dice;
        ++scans;
    }
    [[nodiscard]] std::string text() const {
        return concat(core::fixed(sum / static_cast<double>(scans), 4), " (", scans,
                      scans == 1 ? " scan)" : " scans)");
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
    std::array<Mean, core::modality_count> means{};
    Mean unknown;
    Mean all;
    for (const auto& one : scans) {
        auto& mean = one.modality ? means[static_cast<std::size_t>(*one.modality)] : unknown;
        mean.add(one.dice);
        all.add(one.dice);
    }
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < means.size(); ++i) {
        if (means[i].scans == 0) continue;
        parts.push_back(concat(core::modality_names[i], ' ', means[i].text()));
    }
    if (parts.empty()) return concat("all ", all.text());
    if (unknown.scans > 0) parts.push_back(concat("unknown modality ", unknown.text()));
    return concat(core::join(parts), "; all ", all.text());
}

}  // namespace msunet::report
