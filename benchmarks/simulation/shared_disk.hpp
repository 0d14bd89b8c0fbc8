// SPDX-License-Identifier: Apache-2.0
/// \file
/// A parallel file system in simulated time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::simulation {

/// Transfers that share a bandwidth alike, as far as each can use its share. Times never go back.
class SharedDisk {
public:
    /// Bytes per second of all transfers together and of one; 0: no limit.
    SharedDisk(double total, double each);

    /// A transfer of this group begins.
    void begin(double bytes, sweep::GroupId group, double now);
    /// When the next transfer ends, if none begins before; nothing if there is none.
    [[nodiscard]] std::optional<double> next_end() const;
    /// Removes the transfer that ends next, and returns its group.
    sweep::GroupId end_next();

private:
    struct Transfer {
        double until = 0;  ///< progress_ at its end
        std::uint64_t number = 0;
        sweep::GroupId group = 0;

        bool operator>(const Transfer& other) const {
            return until != other.until ? until > other.until : number > other.number;
        }
    };

    [[nodiscard]] double rate() const;
    void advance(double now);

    double total_;
    double each_;
    double progress_ = 0;  ///< bytes that a transfer from the beginning on would have moved
    double at_ = 0;        ///< the time of progress_
    std::uint64_t next_number_ = 0;
    std::priority_queue<Transfer, std::vector<Transfer>, std::greater<>> transfers_;
};

}  // namespace msunet::simulation
