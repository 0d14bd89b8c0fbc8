// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/channel.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "msunet/codec/json.hpp"

namespace msunet::dispatch {

namespace {

constexpr int longest_rest_microseconds = 2000;
/// The text of a message says what it is.
constexpr int tag = 0;

}  // namespace

Channel::Channel(const comm::Communicator& world)
    : to_dispatcher_(world.duplicate()),
      to_group_(world.duplicate()),
      dispatcher_outbox_(to_dispatcher_),
      group_outbox_(to_group_) {}

void Channel::send(int rank, const ToDispatcher& message) {
    dispatcher_outbox_.post(rank, tag, codec::to_json(message));
}

void Channel::send(int rank, const ToLeader& message) {
    group_outbox_.post(rank, tag, codec::to_json(message));
}

void Channel::send(int rank, const ToMember& message) {
    group_outbox_.post(rank, tag, codec::to_json(message));
}

std::optional<comm::Message> Channel::receive(comm::Communicator& communicator) {
    dispatcher_outbox_.progress();
    group_outbox_.progress();
    auto message = communicator.try_receive();
    if (message) rest_microseconds_ = 0;
    return message;
}

std::optional<Channel::FromLeader> Channel::receive_as_dispatcher() {
    const auto message = receive(to_dispatcher_);
    if (!message) return std::nullopt;
    return FromLeader{message->source, codec::from_json<ToDispatcher>(message->payload)};
}

std::optional<ToLeader> Channel::receive_as_leader() {
    const auto message = receive(to_group_);
    if (!message) return std::nullopt;
    return codec::from_json<ToLeader>(message->payload);
}

std::optional<ToMember> Channel::receive_as_member() {
    const auto message = receive(to_group_);
    if (!message) return std::nullopt;
    return codec::from_json<ToMember>(message->payload);
}

void Channel::rest() {
    rest_microseconds_ = std::min(longest_rest_microseconds, rest_microseconds_ * 2 + 50);
    std::this_thread::sleep_for(std::chrono::microseconds(rest_microseconds_));
}

void Channel::flush() {
    dispatcher_outbox_.flush();
    group_outbox_.flush();
}

}  // namespace msunet::dispatch
