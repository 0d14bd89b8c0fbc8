// SPDX-License-Identifier: Apache-2.0
#include "prepare/cache_format.hpp"

#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace {

using Json = nlohmann::json;

/// A count or an index; the library would cut it to the type without a word.
template <class T>
T whole_at(const Json& json) {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > std::numeric_limits<T>::max()) {
        throw core::Error(
            core::ExitCode::failure,
            core::concat("its description can't be read (a number is ", json.dump(), ")"));
    }
    return static_cast<T>(json.get<std::uint64_t>());
}

Json json_of(const imaging::Grid& grid) { return {grid.size, grid.spacing, grid.origin}; }

imaging::Grid grid_of(const Json& json) {
    imaging::Grid grid{.size = {}, .spacing = json.at(1), .origin = json.at(2)};
    for (std::size_t axis = 0; axis < grid.size.size(); ++axis) {
        grid.size[axis] = whole_at<std::size_t>(json.at(0).at(axis));
    }
    return grid;
}

/// JSON holds UTF-8, file names any bytes: those beyond ASCII are kept as numbers.
Json json_of_name(const std::string& name) {
    for (const char c : name) {
        if (static_cast<unsigned char>(c) >= 128)
            return std::vector<std::uint8_t>(name.begin(), name.end());
    }
    return name;
}

std::string name_of(const Json& json) {
    if (json.is_string()) return json;
    std::string name;
    for (const Json& byte : json) name += static_cast<char>(whole_at<std::uint8_t>(byte));
    return name;
}

Json json_of(const Pair& pair) {
    return {json_of_name(pair.data), json_of_name(pair.mask), static_cast<int>(pair.modality),
            pair.validation};
}

core::Modality modality_at(const Json& json) {
    const auto number = whole_at<std::size_t>(json);
    if (number >= core::modality_count) {
        throw core::Error(core::ExitCode::failure, "unknown modality");
    }
    return static_cast<core::Modality>(number);
}

Pair pair_of(const Json& json) {
    return {.data = name_of(json.at(0)),
            .mask = name_of(json.at(1)),
            .modality = modality_at(json.at(2)),
            .validation = json.at(3)};
}

Json names(const std::vector<std::string>& texts) {
    Json json = Json::array();
    for (const std::string& text : texts) json.push_back(json_of_name(text));
    return json;
}

std::vector<std::string> names_of(const Json& json) {
    std::vector<std::string> texts;
    for (const Json& text : json) texts.push_back(name_of(text));
    return texts;
}

}  // namespace

std::vector<data::Slice> Description::slices() const {
    std::vector<data::Slice> slices;
    std::uint64_t offset = 0;
    for (std::uint32_t source = 0; source < layouts.size(); ++source) {
        const SourceLayout& layout = layouts[source];
        for (std::uint32_t i = 0; i < layout.slices; ++i) {
            slices.push_back({source, layout.height, layout.width, offset});
            offset += std::uint64_t{layout.height} * layout.width;
        }
    }
    return slices;
}

std::uint64_t Description::elements() const {
    std::uint64_t elements = 0;
    for (const SourceLayout& layout : layouts) {
        elements += std::uint64_t{layout.height} * layout.width * layout.slices;
    }
    return elements;
}

std::string to_text(const Description& description) {
    Json sources = Json::array();
    for (std::size_t i = 0; i < description.sources.size(); ++i) {
        const data::Source& source = description.sources[i];
        const SourceLayout& layout = description.layouts[i];
        sources.push_back({json_of_name(source.name), static_cast<int>(source.modality),
                           source.validation, source.augmented, source.pair, layout.height,
                           layout.width, layout.slices, description.payload_hashes[i]});
    }
    Json pairs = Json::array();
    for (const SurveyedPair& pair : description.survey.pairs) {
        pairs.push_back({json_of(pair.pair), json_of(pair.before), json_of(pair.after)});
    }
    const Json json{{"version", cache_format_version},
                    {"sources", std::move(sources)},
                    {"pairs", std::move(pairs)},
                    {"slices", description.survey.slices},
                    {"copies", description.survey.copies},
                    {"largest_bytes", description.survey.largest_bytes},
                    {"warnings", names(description.warnings)},
                    {"notices", names(description.notices)}};
    return json.dump();
}

Description from_text(const std::string& text) {
    try {
        const Json json = Json::parse(text);
        Description description;
        for (const Json& item : json.at("sources")) {
            description.sources.push_back({.name = name_of(item.at(0)),
                                           .modality = modality_at(item.at(1)),
                                           .validation = item.at(2),
                                           .augmented = item.at(3),
                                           .pair = whole_at<std::uint32_t>(item.at(4))});
            description.layouts.push_back({.height = whole_at<std::uint32_t>(item.at(5)),
                                           .width = whole_at<std::uint32_t>(item.at(6)),
                                           .slices = whole_at<std::uint32_t>(item.at(7))});
            description.payload_hashes.push_back(item.at(8));
        }
        for (const Json& item : json.at("pairs")) {
            description.survey.pairs.push_back({.pair = pair_of(item.at(0)),
                                                .before = grid_of(item.at(1)),
                                                .after = grid_of(item.at(2))});
        }
        for (const Json& count : json.at("slices")) {
            description.survey.slices.push_back(whole_at<std::size_t>(count));
        }
        description.survey.copies = whole_at<std::size_t>(json.at("copies"));
        description.survey.largest_bytes = whole_at<std::uint64_t>(json.at("largest_bytes"));
        description.warnings = names_of(json.at("warnings"));
        description.notices = names_of(json.at("notices"));
        return description;
    } catch (const Json::exception& error) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("its description can't be read (", error.what(), ")"));
    }
}

}  // namespace msunet::prepare
