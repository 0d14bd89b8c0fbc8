// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/placement.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/device_matching.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

std::string ranks_text(const std::vector<std::int64_t>& ranks) {
    std::vector<std::string> names;
    names.reserve(ranks.size());
    for (const std::int64_t rank : ranks) names.push_back(std::to_string(rank));
    return concat(ranks.size() == 1 ? "rank " : "ranks ", core::join(names));
}

/// A node's ranks that may train, by local rank.
struct Workers {
    std::vector<Slot> slots;
    bool shares = false;  ///< two of them use one device
};

class Placer {
public:
    explicit Placer(const PlacementRequest& request) : request_(request) {}

    Placement place() {
        make_slots();
        result_.group_size = group_size();
        make_groups();
        name_idle_ranks();
        name_excess_threads();
        std::sort(result_.slots.begin(), result_.slots.end(),
                  [](const Slot& a, const Slot& b) { return a.rank < b.rank; });
        return std::move(result_);
    }

private:
    void make_slots() {
        for (std::size_t n = 0; n < request_.nodes.size(); ++n) {
            const Node& node = request_.nodes[n];
            const auto devices = static_cast<std::int64_t>(distinct_devices(node).size());
            const auto chosen = devices_of(node);
            Workers workers;
            std::vector<std::int64_t> without_device;
            for (std::size_t local = 0; local < node.ranks.size(); ++local) {
                Slot slot;
                slot.rank = node.ranks[local];
                slot.node = static_cast<std::int64_t>(n);
                slot.threads = threads_of_rank(node, request_.threads);
                slot.device = chosen[local];
                if (slot.device >= 0) {
                    slot.uuid = node.visible[local][static_cast<std::size_t>(slot.device)].uuid;
                }
                if (dispatches(slot.rank)) {
                    result_.slots.push_back(slot);
                } else if (devices > 0 && slot.device < 0) {
                    result_.slots.push_back(slot);
                    without_device.push_back(slot.rank);
                } else {
                    workers.slots.push_back(slot);
                }
            }
            const auto sharers = most_sharers(workers.slots);
            workers.shares = sharers > 1;
            result_.most_sharers = std::max(result_.most_sharers, sharers);
            const auto trainers = count(workers) + static_cast<std::int64_t>(without_device.size());
            auto& why = trainers > devices * request_.trials_per_gpu ? beyond_devices_ : bound_;
            why.insert(why.end(), without_device.begin(), without_device.end());
            workers_.push_back(std::move(workers));
        }
    }

    /// The device of each rank of a node, in its own numbering; -1: none.
    std::vector<std::int64_t> devices_of(const Node& node) const {
        auto chosen = match_devices(uuids_of_workers(node),
                                    std::max(request_.trials_per_gpu, request_.measured_for));
        std::map<std::string, std::int64_t> holders;
        for (std::size_t local = 0; local < chosen.size(); ++local) {
            if (chosen[local] < 0) continue;
            const auto& device = node.visible[local][static_cast<std::size_t>(chosen[local])];
            if (++holders[device.uuid] > request_.trials_per_gpu) chosen[local] = -1;
        }
        return chosen;
    }

    bool dispatches(std::int64_t rank) const { return request_.dedicated_dispatcher && rank == 0; }

    /// Of the devices that each rank of the node sees; none of a rank that doesn't train.
    std::vector<std::vector<std::string>> uuids_of_workers(const Node& node) const {
        std::vector<std::vector<std::string>> uuids(node.ranks.size());
        for (std::size_t local = 0; local < uuids.size(); ++local) {
            if (dispatches(node.ranks[local])) continue;
            for (const core::Gpu& device : node.visible.at(local))
                uuids[local].push_back(device.uuid);
        }
        return uuids;
    }

    /// Ranks of a node that use the same device, at most.
    static std::int64_t most_sharers(const std::vector<Slot>& slots) {
        std::int64_t most = 0;
        for (const Slot& slot : slots) {
            if (slot.device < 0) continue;
            const auto share = std::count_if(slots.begin(), slots.end(),
                                             [&](const Slot& s) { return s.uuid == slot.uuid; });
            most = std::max<std::int64_t>(most, share);
        }
        return most;
    }

    std::int64_t count(const Workers& workers) const {
        return static_cast<std::int64_t>(workers.slots.size());
    }

    bool any_shares() const {
        return std::any_of(workers_.begin(), workers_.end(),
                           [](const Workers& workers) { return workers.shares; });
    }

    std::int64_t all_workers() const {
        std::int64_t all = 0;
        for (const Workers& workers : workers_) all += count(workers);
        return all;
    }

    std::int64_t group_size() {
        if (all_workers() == 0) {
            throw core::UsageError(
                "no rank is left to train (rank 0 only dispatches), start more ranks or leave out "
                "--dedicated_dispatcher");
        }
        if (request_.recorded_group_size) {
            const std::string problem = problem_with(*request_.recorded_group_size);
            if (problem.empty()) return *request_.recorded_group_size;
            result_.notices.push_back(
                concat("the journal's group size of ", *request_.recorded_group_size,
                       " is impossible here (", problem,
                       "): results agree with those of the first start within rounding only"));
        }
        switch (request_.ranks_per_trial.kind) {
            case RanksPerTrial::Kind::node:
                return forced(ranks_of_every_node());
            case RanksPerTrial::Kind::number:
                return forced(request_.ranks_per_trial.number);
            case RanksPerTrial::Kind::automatic:
                break;
        }
        return automatic();
    }

    std::int64_t ranks_of_every_node() const {
        std::int64_t ranks = 0;
        for (const Workers& workers : workers_) {
            if (ranks != 0 && count(workers) != ranks) {
                refuse_size(
                    {.problem = "the nodes differ in ranks that train",
                     .why = concat(ranks, " and ", count(workers)),
                     .advice = concat("start as many on each",
                                      request_.is_option ? " or give a number instead" : "")});
            }
            ranks = count(workers);
        }
        return ranks;
    }

    std::int64_t forced(std::int64_t size) const {
        const std::string problem = problem_with(size);
        if (!problem.empty()) {
            refuse_size({.problem = concat("groups of ", size, " ranks are impossible"),
                         .why = problem,
                         .advice = "choose a smaller number or auto"});
        }
        return size;
    }

    /// A sentence about the groups, which names the option if it was given.
    [[noreturn]] void refuse_size(core::Problem problem) const {
        if (request_.is_option) {
            problem.option = "--ranks_per_trial";
            problem.got = to_text(request_.ranks_per_trial);
            problem.problem.insert(0, ": ");
        }
        throw core::UsageError(problem);
    }

    /// Why groups of that size can't be; empty if they can.
    std::string problem_with(std::int64_t size) const {
        if (size > request_.smallest_batch) {
            return concat("the smallest batch_size of the grid is ", request_.smallest_batch);
        }
        std::int64_t most = 0;
        for (const Workers& workers : workers_) most = std::max(most, count(workers));
        if (size > most) {
            return concat("no node has more than ",
                          core::counted(most, "rank that trains", "ranks that train"));
        }
        if (size > 1 && any_shares()) return "ranks that share a GPU train alone";
        return "";
    }

    std::int64_t automatic() const {
        const std::int64_t ranks = all_workers();
        if (request_.trials >= static_cast<std::uint64_t>(ranks) || any_shares()) return 1;
        const auto trials = std::max<std::int64_t>(1, static_cast<std::int64_t>(request_.trials));
        std::int64_t divisor = 0;
        for (const Workers& workers : workers_) divisor = std::gcd(divisor, count(workers));
        for (std::int64_t size = divisor; size > 1; --size) {
            if (divisor % size == 0 && ranks / size >= trials && size <= request_.smallest_batch) {
                return size;
            }
        }
        return 1;
    }

    void make_groups() {
        for (Workers& workers : workers_) {
            const std::int64_t groups = count(workers) / result_.group_size;
            for (std::int64_t i = 0; i < count(workers); ++i) {
                Slot& slot = workers.slots[static_cast<std::size_t>(i)];
                if (i < groups * result_.group_size) {
                    slot.group = result_.groups + i / result_.group_size;
                    slot.rank_in_group = i % result_.group_size;
                } else {
                    left_over_.push_back(slot.rank);
                }
                result_.slots.push_back(slot);
            }
            result_.groups += groups;
        }
    }

    void idle(const std::vector<std::int64_t>& ranks, const std::string& why) {
        if (ranks.empty()) return;
        result_.notices.push_back(concat(ranks_text(ranks), " will get no trial (", why));
    }

    void name_idle_ranks() {
        idle(bound_, concat("other ranks of the node use the GPUs that ",
                            bound_.size() == 1 ? "it sees" : "they see",
                            "), let each rank see all GPUs of "
                            "its node (srun --gpu-bind=none)"));
        idle(beyond_devices_,
             request_.measured_for > 0
                 ? concat("--trials_per_gpu auto: ", request_.trials_per_gpu,
                          " at once on a GPU were measured to be enough), ask for fewer ranks")
                 : "there are more ranks than GPUs × --trials_per_gpu), ask for fewer "
                   "ranks or raise --trials_per_gpu");
        idle(left_over_, concat("groups of ", result_.group_size,
                                " don't fill their node), choose another --ranks_per_trial"));
        std::vector<std::int64_t> beyond;
        for (const Slot& slot : result_.slots) {
            if (slot.group >= 0 && static_cast<std::uint64_t>(slot.group) >= request_.trials) {
                beyond.push_back(slot.rank);
            }
        }
        std::sort(beyond.begin(), beyond.end());
        idle(beyond, concat("there are ", result_.groups, " groups for ",
                            core::counted(request_.trials, "trial"), "), ask for fewer ",
                            request_.nodes.size() == 1 ? "ranks" : "nodes"));
        if (request_.trials_per_gpu > 1 && request_.measured_for == 0 && has_devices() &&
            !any_shares()) {
            result_.notices.push_back(
                concat("--trials_per_gpu ", request_.trials_per_gpu,
                       " has no effect (there is a rank for each GPU only), start up to ",
                       request_.trials_per_gpu, " ranks a GPU"));
        }
    }

    void name_excess_threads() {
        const std::int64_t threads = request_.threads.value_or(1);
        const auto exceeds = [&](const Node& node) {
            return threads > 1 && threads * std::ssize(node.ranks) > node.cores;
        };
        const auto node = std::ranges::find_if(request_.nodes, exceeds);
        if (node == request_.nodes.end()) return;
        const auto cores = threads_of_rank(*node, std::nullopt);
        result_.notices.push_back(concat("--threads ", threads, ": ", core::quoted(node->name),
                                         " has ", core::counted(cores, "core"),
                                         " for each rank (more threads than cores train several "
                                         "times slower), leave --threads out"));
    }

    bool has_devices() const {
        return std::any_of(request_.nodes.begin(), request_.nodes.end(),
                           [](const Node& node) { return !distinct_devices(node).empty(); });
    }

    const PlacementRequest& request_;
    std::vector<Workers> workers_;
    std::vector<std::int64_t> beyond_devices_;  ///< more ranks than their node has room for
    std::vector<std::int64_t> bound_;           ///< they see too few of the devices
    std::vector<std::int64_t> left_over_;
    Placement result_;
};

}  // namespace

std::vector<core::Gpu> distinct_devices(const Node& node) {
    std::vector<core::Gpu> devices;
    for (const auto& of_rank : node.visible) {
        for (const core::Gpu& device : of_rank) {
            const auto same = [&](const core::Gpu& d) { return d.uuid == device.uuid; };
            if (std::none_of(devices.begin(), devices.end(), same)) devices.push_back(device);
        }
    }
    return devices;
}

std::int64_t threads_of_rank(const Node& node, std::optional<std::int64_t> asked) {
    const auto ranks = static_cast<std::int64_t>(node.ranks.size());
    return asked.value_or(std::max<std::int64_t>(1, node.cores / ranks));
}

Placement place(const PlacementRequest& request) { return Placer(request).place(); }

}  // namespace msunet::sweep
