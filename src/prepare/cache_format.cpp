// SPDX-License-Identifier: Apache-2.0
#include "prepare/cache_format.hpp"

#include <cstddef>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "prepare/fields.hpp"

namespace msunet::prepare {

template <class Archive, codec::Is<SourceLayout> T>
void fields(Archive& archive, T& value) {
    archive("height", value.height);
    archive("width", value.width);
    archive("slices", value.slices);
}

template <class Archive, codec::Is<StoredSource> T>
void fields(Archive& archive, T& value) {
    archive("source", value.source);
    archive("layout", value.layout);
    archive("payload_hash", value.payload_hash);
}

template <class Archive, codec::Is<Description> T>
void fields(Archive& archive, T& value) {
    archive("sources", value.sources);
    archive("survey", value.survey);
    archive("warnings", value.warnings);
    archive("notices", value.notices);
}

std::vector<data::Slice> Description::slices() const {
    std::vector<data::Slice> slices;
    std::uint64_t offset = 0;
    for (std::uint32_t source = 0; source < sources.size(); ++source) {
        const SourceLayout& layout = sources[source].layout;
        for (std::uint32_t i = 0; i < layout.slices; ++i) {
            slices.push_back({source, layout.height, layout.width, offset});
            offset += std::uint64_t{layout.height} * layout.width;
        }
    }
    return slices;
}

std::vector<data::Range> Description::ranges() const {
    return data::source_ranges(slices(), sources.size());
}

std::uint64_t Description::elements() const {
    std::uint64_t elements = 0;
    for (const StoredSource& stored : sources) {
        const SourceLayout& layout = stored.layout;
        elements += std::uint64_t{layout.height} * layout.width * layout.slices;
    }
    return elements;
}

std::string to_text(const Description& description) { return codec::to_json(description); }

Description from_text(const std::string& text) {
    try {
        return codec::from_json<Description>(text);
    } catch (const core::Error& error) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("its description can't be read (", error.what(), ")"));
    }
}

}  // namespace msunet::prepare
