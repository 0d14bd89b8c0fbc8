// SPDX-License-Identifier: Apache-2.0
/// \file
/// Limits work beside training to a share of the time.
#pragma once

#include <algorithm>
#include <limits>

namespace msunet::core {

/// Work that is done in pieces. After a piece of c seconds the next one may begin c / share seconds
/// after it began, so that all pieces but the newest take at most that share.
class TimeShare {
public:
    /// `share` in (0,1]; `interval`: seconds at least between the starts of two pieces.
    explicit TimeShare(double share, double interval = 0) : share_(share), interval_(interval) {}

    /// When the next piece may begin, in seconds of any clock.
    double next() const { return next_; }
    /// Whether a piece may begin at `now`.
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

}  // namespace msunet::core
