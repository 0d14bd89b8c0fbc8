// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/scan_dice.hpp"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::report {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

/// Files of earlier versions hold only Dice.
std::optional<double> number_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return std::nullopt;
    return found->get<double>();
}

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

std::string scan_dice_to_json(std::span<const ScanDice> scans) {
    auto json = Json::array();
    for (const ScanDice& one : scans) {
        json.push_back(
            {{"scan", one.scan},
             {"modality", one.modality ? core::name_of(*one.modality) : std::string_view()},
             {"dice", one.dice},
             {"hausdorff95_mm", json_of(one.hausdorff95)},
             {"surface_dice", json_of(one.surface_dice)},
             {"tolerance_mm", json_of(one.tolerance)}});
    }
    constexpr auto replace = Json::error_handler_t::replace;
    return json.dump(1, ' ', false, replace) + "\n";
}

std::vector<ScanDice> scan_dice_from_json(std::string_view text) {
    try {
        std::vector<ScanDice> scans;
        for (const auto& json : Json::parse(text)) {
            scans.push_back(
                {.scan = json.at("scan").get<std::string>(),
                 .modality = core::modality_named(json.at("modality").get<std::string>()),
                 .dice = json.at("dice").get<double>(),
                 .hausdorff95 = number_of(json, "hausdorff95_mm"),
                 .surface_dice = number_of(json, "surface_dice"),
                 .tolerance = number_of(json, "tolerance_mm")});
        }
        return scans;
    } catch (const Json::exception&) {
        throw core::InputError("its JSON is damaged");
    }
}

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
            trials.push_back(scan_dice_from_json(core::read_file(file)));
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
