// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/rank_devices.hpp"

#include <algorithm>
#include <cstddef>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::device {

using core::concat;

namespace {

/// Ranks that lack a GPU for the same reason.
struct LackingRanks {
    std::string problem;
    std::size_t first = 0;  ///< the lowest of them
    std::size_t count = 0;
};

/// By reason, in the order of the ranks.
std::vector<LackingRanks> lacking_ranks(const std::vector<RankDevices>& ranks) {
    std::vector<LackingRanks> all;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        if (ranks[rank].has_gpu) continue;
        const auto& problem = ranks[rank].problem;
        auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& other) { return other.problem == problem; });
        if (found == all.end()) found = all.insert(all.end(), {problem, rank, 0});
        ++found->count;
    }
    return all;
}

std::string reason(const LackingRanks& lacking) {
    if (!lacking.problem.empty()) return lacking.problem;
    return "no NVIDIA driver is there (the job's nodes or its --gpus-per-node differ), give every "
           "node GPUs or none";
}

/// "1 of 8 ranks can't use a GPU: rank 2 on node1: ", "3 of 8 ranks can't use a GPU, the first of
/// them rank 2 on node1: ".
std::string who_lacks(const LackingRanks& lacking, const std::vector<RankDevices>& ranks) {
    return concat(lacking.count, " of ", ranks.size(), " ranks can't use a GPU",
                  lacking.count == 1 ? ": " : ", the first of them ", "rank ", lacking.first,
                  " on ", ranks[lacking.first].host, ": ");
}

/// GPUs of the nodes for which `counts(node, gpu)` holds, where `node` is the node's index.
template <class Counts>
GpuCounts count_by_name(const std::vector<sweep::Node>& nodes, const Counts& counts) {
    GpuCounts names;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        for (const auto& gpu : sweep::distinct_devices(nodes[n])) {
            if (!counts(static_cast<std::int64_t>(n), gpu)) continue;
            auto found = std::find_if(names.begin(), names.end(),
                                      [&](const auto& entry) { return entry.first == gpu.name; });
            if (found == names.end()) found = names.insert(names.end(), {gpu.name, 0});
            ++found->second;
        }
    }
    return names;
}

}  // namespace

std::vector<std::string> device_warnings(core::Device asked,
                                         const std::vector<RankDevices>& ranks) {
    std::vector<std::string> warnings;
    std::vector<core::Problem> errors;
    if (asked == core::Device::cpu) return warnings;
    const bool any =
        std::any_of(ranks.begin(), ranks.end(), [](const auto& rank) { return rank.has_gpu; });
    const bool must = any || asked == core::Device::gpu;
    for (const auto& lacking : lacking_ranks(ranks)) {
        if (must) {
            core::Problem problem{
                .problem = concat(any ? who_lacks(lacking, ranks) : "", reason(lacking)),
                .advice = "; or give --device cpu"};
            if (asked == core::Device::gpu) {
                problem.option = "--device";
                problem.got = "gpu";
                problem.problem.insert(0, ": ");
            }
            errors.push_back(std::move(problem));
        } else if (!lacking.problem.empty()) {
            warnings.push_back(concat(lacking.problem, "; the CPU is used"));
        }
    }
    if (!errors.empty()) throw core::UsageError(errors);
    return warnings;
}

GpuCounts gpus_by_name(const std::vector<sweep::Node>& nodes) {
    return count_by_name(nodes, [](std::int64_t, const core::Gpu&) { return true; });
}

GpuCounts used_gpus_by_name(const std::vector<sweep::Node>& nodes,
                            const sweep::Placement& placement) {
    return count_by_name(nodes, [&](std::int64_t node, const core::Gpu& gpu) {
        return std::any_of(placement.slots.begin(), placement.slots.end(), [&](const auto& slot) {
            return slot.group >= 0 && slot.node == node && slot.uuid == gpu.uuid;
        });
    });
}

std::string gpus_text(const GpuCounts& counts) {
    std::vector<std::string> texts;
    for (const auto& [name, count] : counts) texts.push_back(concat(count, " × ", name));
    return core::join(std::span<const std::string>(texts));
}

}  // namespace msunet::device
