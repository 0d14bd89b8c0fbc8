// SPDX-License-Identifier: Apache-2.0
#include "old_grid.hpp"

#include <optional>

#include "msunet/core/text.hpp"

namespace msunet::settings {

namespace {

using core::concat;

/// The side of a square patch that is written as height and width: "64/64".
std::optional<std::int64_t> square_side(const core::Value& value) {
    const auto text = core::as_text(value);
    if (!text) return std::nullopt;
    const auto parts = core::split(*text, '/');
    if (parts.size() != 2 || core::trim(parts[0]) != core::trim(parts[1])) return std::nullopt;
    return core::to_integer(parts[0]);
}

std::optional<std::string> read_squares(core::GridEntry& entry) {
    std::optional<std::string> warning;
    for (core::Value& value : entry.values) {
        const auto side = square_side(value);
        if (!side) continue;
        if (!warning) {
            warning = concat("grid: ", entry.name, " ", core::python_repr(value), " is read as ",
                             *side, " (patches are square), write the number");
        }
        value = *side;
    }
    return warning;
}

}  // namespace

std::span<const std::string> old_grid_keys() {
    static const std::vector<std::string> keys{"experiment_name", "num_gpus"};
    return keys;
}

std::vector<std::string> modernise(core::GridEntries& grid) {
    std::vector<std::string> warnings;
    for (const auto& key : old_grid_keys()) {
        if (grid.erase(key) == 0) continue;
        warnings.push_back(
            concat("grid: ", key, " is a key of msUNET-RAM's trainer and is ignored, ",
                   key == "num_gpus" ? "GPUs are found and used" : "-n names the experiment"));
    }
    for (const char* name : {"patch_dimensions", "patch_stride"}) {
        const auto found = grid.find(name);
        if (found == grid.end()) continue;
        if (auto warning = read_squares(found->second)) warnings.push_back(std::move(*warning));
    }
    return warnings;
}

}  // namespace msunet::settings
