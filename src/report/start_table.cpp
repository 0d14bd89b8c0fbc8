// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/start_table.hpp"

#include <algorithm>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report {
namespace {

using core::break_lines;
using core::display_width;
using core::pad_left;
using core::pad_right;

constexpr std::size_t widest_name = 26;

std::string title_line(std::string_view title, std::size_t width) {
    std::string line = core::concat("-- ", title, " ");
    const std::size_t used = display_width(line);
    return line + std::string(width > used ? width - used : 0, '-') + "\n";
}

// Name, value and remark; what does not fit continues below the value.
std::string setting_lines(const Setting& setting, std::size_t name_width, std::size_t width) {
    std::string text = setting.value;
    if (!setting.remark.empty()) text += core::concat("  (", setting.remark, ")");
    const std::size_t indent = name_width + 4;
    std::string out;
    bool first = true;
    for (const std::string& line : break_lines(text, width - indent)) {
        const std::string name = first ? setting.name : std::string();
        out += core::concat("  ", pad_right(name, name_width), "  ", line, "\n");
        first = false;
    }
    return out;
}

DataCount sum(const std::array<DataCount, core::modality_names.size()>& counts) {
    DataCount total;
    for (const DataCount& count : counts) {
        total.pairs += count.pairs;
        total.slices += count.slices;
        total.samples += count.samples;
        total.augmented_samples += count.augmented_samples;
    }
    return total;
}

std::string count_cell(std::uint64_t count) {
    return count == 0 ? "-" : core::thousands(static_cast<std::int64_t>(count));
}

std::string data_line(std::string_view name, const DataCount& training,
                      const DataCount& validation) {
    std::string line = "  " + pad_right(name, 12);
    for (const std::uint64_t count :
         {training.pairs, training.slices, training.samples, training.augmented_samples,
          validation.pairs, validation.slices, validation.samples}) {
        line += pad_left(count_cell(count), 11);
    }
    return line + "\n";
}

std::string data_block(const DataCounts& data, std::size_t width) {
    std::string out = title_line("data", width);
    out += core::concat("  ", pad_right("", 12), pad_left("training", 11), std::string(33, ' '),
                        pad_left("validation", 11), "\n");
    out += "  " + pad_right("modality", 12);
    for (const std::string_view head :
         {"pairs", "slices", "samples", "augmented", "pairs", "slices", "samples"}) {
        out += pad_left(head, 11);
    }
    out += "\n";
    for (std::size_t i = 0; i < core::modality_names.size(); ++i) {
        if (data.training[i].pairs + data.validation[i].pairs == 0) continue;
        out += data_line(core::modality_names[i], data.training[i], data.validation[i]);
    }
    return out + data_line("all", sum(data.training), sum(data.validation));
}

}  // namespace

std::string format_start_table(const StartTable& table, std::size_t width) {
    std::size_t name_width = 0;
    for (const SettingBlock& block : table.blocks) {
        for (const Setting& setting : block.settings) {
            name_width = std::max(name_width, display_width(setting.name));
        }
    }
    name_width = std::min(name_width, widest_name);
    std::string out = table.headline + "\n";
    for (std::size_t i = 0; i < table.blocks.size(); ++i) {
        out += title_line(table.blocks[i].title, width);
        for (const Setting& setting : table.blocks[i].settings) {
            out += setting_lines(setting, name_width, width);
        }
        // The data stand after the first block, the input's.
        if (i == 0 && table.data) out += data_block(*table.data, width);
    }
    if (table.blocks.empty() && table.data) out += data_block(*table.data, width);
    return out + std::string(width, '-') + "\n";
}

}  // namespace msunet::report
