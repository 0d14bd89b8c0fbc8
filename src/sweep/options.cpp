// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/options.hpp"

#include <vector>

#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

constexpr std::string_view automatic = "auto";
constexpr std::string_view whole_node = "node";

}  // namespace

std::string to_text(const RanksPerTrial& ranks) {
    switch (ranks.kind) {
        case RanksPerTrial::Kind::automatic:
            return std::string(automatic);
        case RanksPerTrial::Kind::node:
            return std::string(whole_node);
        case RanksPerTrial::Kind::number:
            break;
    }
    return std::to_string(ranks.number);
}

bool from_text(std::string_view text, RanksPerTrial& ranks) {
    const auto number = core::to_integer(text);
    if (text == automatic) {
        ranks = {};
    } else if (text == whole_node) {
        ranks = {RanksPerTrial::Kind::node, 0};
    } else if (number && *number >= 1) {
        ranks = {RanksPerTrial::Kind::number, *number};
    } else {
        return false;
    }
    return true;
}

std::string to_text(const Shard& shard) { return core::concat(shard.index, "/", shard.count); }

bool from_text(std::string_view text, Shard& shard) {
    const std::vector<std::string> parts = core::split(text, '/');
    const auto index = core::to_integer(parts.front());
    const auto count = parts.size() == 2 ? core::to_integer(parts[1]) : std::nullopt;
    if (!index || !count || *index < 1 || *count < *index) return false;
    shard = {*index, *count};
    return true;
}

}  // namespace msunet::sweep
