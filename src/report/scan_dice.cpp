// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/scan_dice.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <system_error>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::report {

namespace {

/// Of scans that several models were measured on: `trials` lists.
std::vector<ScanDice> means_by_scan(const std::vector<std::vector<ScanDice>>& trials) {
    std::vector<ScanDice> means;
    std::vector<double> counts;
    const auto add = [](std::optional<double>& sum, const std::optional<double>& value) {
        sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
    };
    for (const auto& scans : trials) {
        for (const ScanDice& one : scans) {
            const auto found = std::ranges::find(means, one.scan, &ScanDice::scan);
            if (found == means.end()) {
                means.push_back(one);
                counts.push_back(1);
                continue;
            }
            ++counts[static_cast<std::size_t>(found - means.begin())];
            found->dice += one.dice;
            add(found->hausdorff95, one.hausdorff95);
            add(found->surface_dice, one.surface_dice);
        }
    }
    for (std::size_t i = 0; i < means.size(); ++i) {
        means[i].dice /= counts[i];
        if (means[i].hausdorff95) *means[i].hausdorff95 /= counts[i];
        if (means[i].surface_dice) *means[i].surface_dice /= counts[i];
    }
    return means;
}

}  // namespace

std::vector<ScanDice> read_scan_dice(const std::filesystem::path& folder,
                                     const record::SweepRecord& record) {
    const record::TrialResult* best = record::best(record);
    if (best == nullptr) return {};
    const auto permutation = record.start.folding.permutation(best->trial);
    std::vector<std::vector<ScanDice>> trials;
    for (const auto* trial : record::trial_results(record, permutation)) {
        const auto file = folder / record::trial_folder(trial->trial) / scan_dice_file_name;
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) return {};
        try {
            trials.push_back(codec::from_json<std::vector<ScanDice>>(core::read_file(file)));
        } catch (const core::Error& error) {
            core::log::warn(core::concat(core::quoted(file.string()), " can't be read (",
                                         error.what(),
                                         "), the report lacks the Dice of whole masks"));
            return {};
        }
    }
    return means_by_scan(trials);
}

}  // namespace msunet::report
