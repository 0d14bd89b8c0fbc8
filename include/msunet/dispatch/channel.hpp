// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/outbox.hpp"
#include "msunet/dispatch/messages.hpp"

namespace msunet::dispatch {

/// Carries the messages of dispatch between ranks, on communicators of its own. Sending and
/// receiving never wait.
class Channel {
public:
    /// Collective over `world`.
    explicit Channel(const comm::Communicator& world);

    void send(int rank, const ToDispatcher& message);
    void send(int rank, const ToLeader& message);
    void send(int rank, const ToMember& message);

    /// A message with the rank that sent it.
    struct FromLeader {
        int rank = 0;
        ToDispatcher message;
    };
    /// The next message to the dispatcher, if one has come. On the dispatcher's rank.
    [[nodiscard]] std::optional<FromLeader> receive_as_dispatcher();
    /// The next message of the dispatcher, if one has come. On a leader.
    [[nodiscard]] std::optional<ToLeader> receive_as_leader();
    /// The next message of the group's leader, if one has come. On a member.
    [[nodiscard]] std::optional<ToMember> receive_as_member();

    /// Sleeps up to 2 ms, the longer the more often nothing has come: a rank that waits must not
    /// take a core from those that train.
    void rest();
    /// Waits until all messages have been sent.
    void flush();

private:
    std::optional<comm::Message> receive(comm::Communicator& communicator);

    // Rank 0 may be both dispatcher and leader, so what it receives as either is kept apart.
    comm::Communicator to_dispatcher_;
    comm::Communicator to_group_;
    comm::Outbox dispatcher_outbox_;
    comm::Outbox group_outbox_;
    int rest_microseconds_ = 0;
};

}  // namespace msunet::dispatch
