// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/report/html.hpp"
#include "report/contour.hpp"

namespace msunet::report {
namespace {

using Json = nlohmann::ordered_json;

std::string packed(const std::vector<std::uint8_t>& pixels) {
    return base64({reinterpret_cast<const char*>(pixels.data()), pixels.size()});
}

std::vector<std::uint8_t> unpacked(const Json& json, std::size_t count) {
    const std::string bytes = from_base64(json.get<std::string>());
    if (bytes.size() != count) {
        throw core::InputError(
            core::concat("a picture has ", bytes.size(), " pixels where ", count, " belong"));
    }
    return {bytes.begin(), bytes.end()};
}

SlicePicture picture_of(const Json& json) {
    SlicePicture picture;
    picture.scan = json.at("scan").get<std::string>();
    const auto modality = core::modality_named(json.at("modality").get<std::string>());
    if (!modality) throw core::InputError("a picture names an unknown modality");
    picture.modality = *modality;
    picture.slice = json.at("slice").get<std::int64_t>();
    picture.dice = json.at("dice").get<double>();
    picture.width = json.at("width").get<std::size_t>();
    picture.height = json.at("height").get<std::size_t>();
    picture.pixel_width = json.at("pixel_width").get<double>();
    picture.pixel_height = json.at("pixel_height").get<double>();
    const std::size_t count = picture.width * picture.height;
    picture.gray = unpacked(json.at("gray"), count);
    picture.mask = unpacked(json.at("mask"), count);
    picture.prediction = unpacked(json.at("prediction"), count);
    return picture;
}

}  // namespace

std::string pictures_to_json(const std::vector<SlicePicture>& pictures) {
    Json json = Json::array();
    for (const SlicePicture& picture : pictures) {
        json.push_back({{"scan", picture.scan},
                        {"modality", core::name_of(picture.modality)},
                        {"slice", picture.slice},
                        {"dice", picture.dice},
                        {"width", picture.width},
                        {"height", picture.height},
                        {"pixel_width", picture.pixel_width},
                        {"pixel_height", picture.pixel_height},
                        {"gray", packed(picture.gray)},
                        {"mask", packed(picture.mask)},
                        {"prediction", packed(picture.prediction)}});
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<SlicePicture> pictures_from_json(std::string_view text) {
    try {
        std::vector<SlicePicture> pictures;
        for (const Json& json : Json::parse(text)) pictures.push_back(picture_of(json));
        return pictures;
    } catch (const Json::exception& error) {
        throw core::InputError(core::concat("the report's pictures can't be read (", error.what(),
                                            "); they are made again by 'msunet report'"));
    }
}

}  // namespace msunet::report
