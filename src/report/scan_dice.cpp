// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/scan_dice.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::report {

std::string scan_dice_to_json(std::span<const ScanDice> scans) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& [scan, modality, dice] : scans) {
        json.push_back({{"scan", scan},
                        {"modality", modality ? core::name_of(*modality) : std::string_view()},
                        {"dice", dice}});
    }
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    return json.dump(1, ' ', false, replace) + "\n";
}

std::vector<ScanDice> scan_dice_from_json(std::string_view text) {
    try {
        std::vector<ScanDice> scans;
        for (const auto& json : nlohmann::ordered_json::parse(text)) {
            scans.push_back({json.at("scan").get<std::string>(),
                             core::modality_named(json.at("modality").get<std::string>()),
                             json.at("dice").get<double>()});
        }
        return scans;
    } catch (const nlohmann::ordered_json::exception&) {
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
