// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/device_matching.hpp"

#include <algorithm>
#include <cstddef>
#include <map>

namespace msunet::sweep {

namespace {

constexpr std::int64_t no_device = -1;

/// Augmenting paths, shortest first, for one rank a device, then for two, and so on. A path gives
/// one more rank a device and takes none away, so that devices that are used stay used. After the
/// round for c ranks a device as many ranks as possible are served under this limit, for every c:
/// therefore the loads are as even as possible.
class DeviceMatcher {
public:
    explicit DeviceMatcher(const std::vector<std::vector<std::string>>& visible)
        : choice_(visible.size(), no_device) {
        std::map<std::string, std::size_t> numbers;
        for (const auto& uuids : visible) {
            auto& list = devices_.emplace_back();
            for (const auto& uuid : uuids) {
                list.push_back(numbers.try_emplace(uuid, numbers.size()).first->second);
            }
        }
        holders_.resize(numbers.size());
    }

    std::vector<std::int64_t> match(std::int64_t limit) {
        const auto ranks = static_cast<std::int64_t>(choice_.size());
        for (std::int64_t room = 1; room <= std::min(limit, ranks); ++room) {
            for (std::size_t rank = 0; rank < choice_.size(); ++rank) {
                if (choice_[rank] == no_device) serve(rank, static_cast<std::size_t>(room));
            }
        }
        return choice_;
    }

private:
    /// How a search came to a device: `rank` would take it as the device `number` of its list.
    struct Arrival {
        bool found = false;
        std::size_t rank = 0;
        std::size_t number = 0;
    };

    std::size_t device_of(std::size_t rank) const {
        return devices_[rank][static_cast<std::size_t>(choice_[rank])];
    }

    void serve(std::size_t root, std::size_t room) {
        std::vector<Arrival> arrivals(holders_.size());
        std::vector<std::size_t> queue{root};
        for (std::size_t next = 0; next < queue.size(); ++next) {
            const auto rank = queue[next];
            for (std::size_t number = 0; number < devices_[rank].size(); ++number) {
                const auto device = devices_[rank][number];
                if (arrivals[device].found) continue;
                arrivals[device] = {true, rank, number};
                const auto& holders = holders_[device];
                if (holders.size() < room) return shift(arrivals, device, root);
                queue.insert(queue.end(), holders.begin(), holders.end());
            }
        }
    }

    /// Each rank on the path to `device` moves on by one device.
    void shift(const std::vector<Arrival>& arrivals, std::size_t device, std::size_t root) {
        for (;;) {
            const auto& arrival = arrivals[device];
            const auto rank = arrival.rank;
            holders_[device].push_back(rank);
            if (rank == root) {
                choice_[rank] = static_cast<std::int64_t>(arrival.number);
                return;
            }
            const auto left = device_of(rank);
            std::erase(holders_[left], rank);
            choice_[rank] = static_cast<std::int64_t>(arrival.number);
            device = left;
        }
    }

    std::vector<std::vector<std::size_t>> devices_;  ///< by rank: those that it sees
    std::vector<std::vector<std::size_t>> holders_;  ///< by device: the ranks that have it
    std::vector<std::int64_t> choice_;               ///< by rank: number in its list
};

}  // namespace

std::vector<std::int64_t> match_devices(const std::vector<std::vector<std::string>>& visible,
                                        std::int64_t ranks_per_device) {
    return DeviceMatcher(visible).match(ranks_per_device);
}

}  // namespace msunet::sweep
