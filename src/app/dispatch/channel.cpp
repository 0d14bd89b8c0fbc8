// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace msunet::app {

namespace {
constexpr int longest_rest_microseconds = 2000;
}

Channel::Channel(const comm::Communicator& world)
    : line_(world.duplicate()), orders_(world.duplicate()), outbox_(line_), orders_out_(orders_) {}

void Channel::post(int rank, Tag tag, std::string payload) {
    auto& out = tag <= Tag::left ? outbox_ : orders_out_;
    out.post(rank, static_cast<int>(tag), std::move(payload));
}

std::optional<Channel::Mail> Channel::next(comm::Communicator& line) {
    outbox_.progress();
    orders_out_.progress();
    auto message = line.try_receive();
    if (!message) return std::nullopt;
    rest_microseconds_ = 0;
    return Mail{message->source, static_cast<Tag>(message->tag), std::move(message->payload)};
}

std::optional<Channel::Mail> Channel::for_dispatcher() { return next(line_); }

std::optional<Channel::Mail> Channel::for_worker() { return next(orders_); }

void Channel::rest() {
    rest_microseconds_ = std::min(longest_rest_microseconds, rest_microseconds_ * 2 + 50);
    std::this_thread::sleep_for(std::chrono::microseconds(rest_microseconds_));
}

}  // namespace msunet::app
