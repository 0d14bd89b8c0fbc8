// SPDX-License-Identifier: Apache-2.0
#include "shared_disk.hpp"

#include <algorithm>
#include <limits>

namespace msunet::simulation {

namespace {

double limit(double rate) { return rate > 0 ? rate : std::numeric_limits<double>::infinity(); }

}  // namespace

SharedDisk::SharedDisk(double total, double each) : total_(limit(total)), each_(limit(each)) {}

void SharedDisk::begin(double bytes, sweep::GroupId group, double now) {
    advance(now);
    transfers_.push({progress_ + bytes, next_number_++, group});
}

std::optional<double> SharedDisk::next_end() const {
    if (transfers_.empty()) return std::nullopt;
    return at_ + std::max(0.0, transfers_.top().until - progress_) / rate();
}

sweep::GroupId SharedDisk::end_next() {
    at_ = next_end().value();
    progress_ = std::max(progress_, transfers_.top().until);
    const auto group = transfers_.top().group;
    transfers_.pop();
    return group;
}

double SharedDisk::rate() const {
    return std::min(each_, total_ / static_cast<double>(transfers_.size()));
}

void SharedDisk::advance(double now) {
    // Without limits a transfer ends when it begins.
    if (!transfers_.empty() && now > at_) progress_ += (now - at_) * rate();
    at_ = std::max(at_, now);
}

}  // namespace msunet::simulation
