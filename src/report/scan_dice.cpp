// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/scan_dice.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
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
    const auto file = folder / record::trial_folder(best->trial) / scan_dice_file_name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return {};
    try {
        return scan_dice_from_json(core::read_file(file));
    } catch (const core::Error& error) {
        core::log::warn(core::concat(core::quoted(file.string()), " can't be read (", error.what(),
                                     "), the report lacks the Dice of whole masks"));
        return {};
    }
}

}  // namespace msunet::report
