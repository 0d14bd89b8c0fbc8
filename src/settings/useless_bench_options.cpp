// SPDX-License-Identifier: Apache-2.0
#include "useless_bench_options.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"

namespace msunet::settings {

using core::concat;

namespace {

using Kinds = std::vector<BenchKind>;

/// The benchmarks that use an option; nothing for those that all use. All of them together use
/// every option.
const std::map<std::string_view, Kinds>& users() {
    using enum BenchKind;
    static const Kinds steps{step, group, sweep}, scans{step, prepare},
        suite{group, sweep, prepare, io, limits};
    static const std::map<std::string_view, Kinds> table{
        {"training_data_path", scans},
        {"mask_data_path", scans},
        {"patch_size", steps},
        {"batch_size", steps},
        {"dropout", steps},
        {"steps", steps},
        {"repeats", suite},
        {"scratch", {prepare, io}},
        {"animals", {prepare}},
        {"io_megabytes", {io}},
        {"target_size", scans},
        {"horizontal_interpolation_spacing", scans},
        {"interlayer_interpolation_spacing", scans},
        {"frame", scans},
        {"slice_axis", scans},
        {"use_frac_patch", scans},
        {"frac_patch", scans},
        {"frac_stride", scans},
        {"device", steps},
        {"precision", steps},
        {"deterministic", steps},
        {"threads", {step, group, sweep, prepare, limits}}};
    return table;
}

/// Why an option has no effect; empty where it has one.
std::string reason(std::string_view name, const BenchOptions& options) {
    const bool has_scans = options.training_data_path.has_value();
    if (name == "animals" && has_scans) return " where scans are given (-tpath)";
    const auto found = users().find(name);
    if (found == users().end() || options.what == BenchKind::all) return {};
    const auto& kinds = found->second;
    auto on = concat(" on ", core::quoted(core::name_of(options.what)));
    if (std::ranges::find(kinds, options.what) == kinds.end()) return on;
    // What preprocessing uses is of scans or phantoms, and step has no phantoms.
    const bool preprocesses = std::ranges::find(kinds, BenchKind::group) == kinds.end();
    if (options.what == BenchKind::step && preprocesses && !has_scans) {
        return on + " without scans (-tpath, -mpath)";
    }
    return {};
}

}  // namespace

std::vector<std::string> useless_bench_options(const BenchOptions& options,
                                               const config::Settings& given) {
    std::vector<std::string> warnings;
    for (const auto& setting : given) {
        const auto why = reason(setting.name, options);
        if (!why.empty()) warnings.push_back(concat(setting.origin, " has no effect", why));
    }
    return warnings;
}

}  // namespace msunet::settings
