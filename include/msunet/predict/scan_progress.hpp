// SPDX-License-Identifier: Apache-2.0
/// \file
/// Messages between ranks that predict: each scan is reported to rank 0, a stop to all. No
/// collective calls: no rank waits for another in the middle of a scan.
#pragma once

#include <cstddef>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/outbox.hpp"

namespace msunet::predict {

/// One rank's part of the exchange.
class ScanProgress {
public:
    /// Collective over `world`. `total`: scans of all ranks.
    ScanProgress(const comm::Communicator& world, std::size_t total);

    /// This rank has ended a scan.
    void scan_ended();
    /// Receives messages; to be called between batches. Rank 0 shows the progress of all.
    void poll();
    /// Whether a signal on any rank asked for a stop: no further scan is to begin.
    bool stopping() const { return stopping_; }
    /// This rank has no further scan. Sleeps until all ranks have called it.
    void wait_for_all();

private:
    enum class News : int { scan_ended, stop, rank_ended, all_ended };

    void post(int rank, News news);
    void take(News news);
    void show() const;

    comm::Communicator line_;
    comm::Outbox outbox_;
    std::size_t total_;
    std::size_t ended_ = 0;  ///< scans, as rank 0 knows
    int ranks_ended_ = 0;    ///< as rank 0 knows
    bool stopping_ = false;
    bool all_ended_ = false;
    double began_;
};

}  // namespace msunet::predict
