// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table of effective settings at the start of a run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"

namespace msunet::report {

/// Name, value and, where useful, a remark ("default", "from --config", "random start").
struct Setting {
    std::string name;
    std::string value;
    std::string remark{};
};

/// A titled block of settings: "input", "preprocessing", "grid", "model", "ranks and devices" …
struct SettingBlock {
    std::string title;
    std::vector<Setting> settings;
};

/// Counts of one modality in one split.
struct DataCount {
    std::uint64_t pairs = 0;
    std::uint64_t slices = 0;
    std::uint64_t samples = 0;
    std::uint64_t augmented_samples = 0;
};

/// Counts by modality, in the order of core::Modality.
struct DataCounts {
    std::array<DataCount, core::modality_names.size()> training{};
    std::array<DataCount, core::modality_names.size()> validation{};
};

/// What the start table shows.
struct StartTable {
    /// First line, e.g. "msunet 1.0.0 - experiment rats1".
    std::string headline;
    std::vector<SettingBlock> blocks;
    std::optional<DataCounts> data;
};

/// The table as lines of at most `width` columns; long values continue below their start.
[[nodiscard]] std::string format_start_table(const StartTable& table, std::size_t width = 100);

}  // namespace msunet::report
