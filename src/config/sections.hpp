// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "msunet/config/schema.hpp"

namespace msunet::config {

/// Shows all options to a visitor that appends text to its member `out`, with `heading(title)`
/// before those of a section. A section without options has none, nor has one that continues the
/// section before it.
template <class Writer, class Heading>
void write_sections(const Schema& schema, Writer& writer, const Heading& heading) {
    std::string_view title;
    for (const Schema::Section& section : schema.sections()) {
        Schema part(schema.command());
        part.add_walk(section.title, section.walk);
        const std::size_t before = writer.out.size();
        part.walk(writer);
        if (writer.out.size() == before || section.title == title) continue;
        title = section.title;
        writer.out.insert(before, heading(title));
    }
}

}  // namespace msunet::config
