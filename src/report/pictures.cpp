// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/pictures.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <tuple>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/png.hpp"
#include "msunet/record/ranking.hpp"
#include "report/contour.hpp"

namespace msunet::report {
namespace {

using Json = nlohmann::ordered_json;

// Slices of one scan that are nearer than this look alike.
constexpr std::int64_t least_distance = 3;

std::string packed(const SlicePicture& picture, const std::vector<std::uint8_t>& pixels) {
    return base64(io::png_bytes({picture.width, picture.height, 1, pixels}));
}

std::vector<std::uint8_t> unpacked(const SlicePicture& picture, const Json& json) {
    io::Picture png = io::parse_png(from_base64(json.get<std::string>()), "a slice");
    if (png.width != picture.width || png.height != picture.height || png.channels != 1) {
        throw core::InputError("a slice is not of the size that it names");
    }
    return std::move(png.pixels);
}

SlicePicture picture_of(const Json& json) {
    SlicePicture picture;
    picture.scan = json.at("scan").get<std::string>();
    const auto modality = core::modality_named(json.at("modality").get<std::string>());
    if (!modality) throw core::InputError("a slice names an unknown modality");
    picture.modality = *modality;
    picture.slice = json.at("slice").get<std::int64_t>();
    picture.slices = json.at("slices").get<std::int64_t>();
    picture.dice = json.at("dice").get<double>();
    picture.width = json.at("width").get<std::size_t>();
    picture.height = json.at("height").get<std::size_t>();
    picture.gray = unpacked(picture, json.at("gray"));
    picture.mask = unpacked(picture, json.at("mask"));
    picture.prediction = unpacked(picture, json.at("prediction"));
    return picture;
}

}  // namespace

std::vector<std::size_t> worst_slices(const std::vector<SliceScore>& scores, std::size_t count) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rank = [&](std::size_t i) {
        return std::tuple(scores[i].dice, scores[i].scan, scores[i].slice);
    };
    std::ranges::sort(order, {}, rank);
    std::vector<std::size_t> chosen;
    const auto take_where = [&](auto&& allowed) {
        for (const std::size_t i : order) {
            if (chosen.size() < count && allowed(scores[i])) chosen.push_back(i);
        }
    };
    std::set<std::size_t> scans;
    take_where([&](const SliceScore& score) { return scans.insert(score.scan).second; });
    take_where([&](const SliceScore& score) {
        return std::ranges::none_of(chosen, [&](std::size_t i) {
            return scores[i].scan == score.scan &&
                   std::abs(scores[i].slice - score.slice) < least_distance;
        });
    });
    std::ranges::sort(chosen, {}, rank);
    return chosen;
}

std::string pictures_to_json(const std::vector<SlicePicture>& pictures) {
    Json json = Json::array();
    for (const SlicePicture& picture : pictures) {
        json.push_back({{"scan", picture.scan},
                        {"modality", core::name_of(picture.modality)},
                        {"slice", picture.slice},
                        {"slices", picture.slices},
                        {"dice", picture.dice},
                        {"width", picture.width},
                        {"height", picture.height},
                        {"gray", packed(picture, picture.gray)},
                        {"mask", packed(picture, picture.mask)},
                        {"prediction", packed(picture, picture.prediction)}});
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<SlicePicture> pictures_from_json(std::string_view text) {
    try {
        std::vector<SlicePicture> pictures;
        for (const Json& json : Json::parse(text)) pictures.push_back(picture_of(json));
        return pictures;
    } catch (const Json::exception&) {
        throw core::InputError("its JSON is damaged");
    }
}

std::vector<SlicePicture> read_pictures(const std::filesystem::path& folder,
                                        const record::SweepRecord& record) {
    const record::TrialResult* best = record::best(record);
    if (best == nullptr) return {};
    const auto file = folder / record::trial_folder(best->trial) / pictures_file_name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return {};
    try {
        return pictures_from_json(core::read_file(file));
    } catch (const core::Error& error) {
        core::log::warn(core::concat(core::quoted(file.string()), " can't be read (", error.what(),
                                     "), the report has no pictures"));
        return {};
    }
}

}  // namespace msunet::report
