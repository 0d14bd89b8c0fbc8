// SPDX-License-Identifier: Apache-2.0
/// \file
/// Limits what is done beside training to a share of the time.
#pragma once

#include <algorithm>
#include <limits>

namespace msunet::app {

/// Work that comes in pieces. A piece that took c seconds keeps the next one away until c / share
/// seconds have passed since it began, so that all pieces but the newest take at most that share.
class TimeShare {
public:
    /// `share` in (0,1]; `interval`: seconds that lie at least between the beginnings of two
    /// pieces.
    explicit TimeShare(double share, double interval = 0) : share_(share), interval_(interval) {}

    /// Whether a piece may begin at `now`, in seconds of any clock.
    bool allows(double now) const { return now >= next_; }

    /// A piece has been done.
    void spent(double begun, double ended) {
        next_ = begun + std::max(interval_, (ended - begun) / share_);
    }

private:
    double share_;
    double interval_;
    double next_ = std::numeric_limits<double>::lowest();
};

}  // namespace msunet::app
