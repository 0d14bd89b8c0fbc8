// SPDX-License-Identifier: Apache-2.0
/// \file
/// The line over which dispatch messages travel: sends that never wait, receives that never wait,
/// and a polite way to wait for either.
#pragma once

#include <optional>
#include <string>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/outbox.hpp"
#include "protocol.hpp"

namespace msunet::app {

/// One end of the line. Owns a communicator of its own, so that no other message is met here.
/// Dispatcher's and leaders' mail are kept apart, since rank 0 is both.
class Channel {
public:
    /// Collective over `world`.
    explicit Channel(const comm::Communicator& world);

    void post(int rank, Tag tag, std::string payload = {});

    /// A message to a dispatcher, a leader or a member, if one has come.
    struct Mail {
        int from = 0;
        Tag tag{};
        std::string payload;
    };
    /// Mail for the dispatcher: tags ready … left.
    std::optional<Mail> for_dispatcher();
    /// Mail for a leader or a member: tags assign … dismiss.
    std::optional<Mail> for_worker();

    /// Rests a little: an idle rank must not take a core from those that train. The rest grows up
    /// to 2 ms as long as nothing comes.
    void rest();

    int rank() const { return line_.rank(); }
    int size() const { return line_.size(); }
    /// Waits until all that was posted has left.
    void flush() {
        outbox_.flush();
        orders_out_.flush();
    }

private:
    std::optional<Mail> next(comm::Communicator& line);

    comm::Communicator line_;    ///< towards the dispatcher
    comm::Communicator orders_;  ///< from it, and from leaders to members
    comm::Outbox outbox_;
    comm::Outbox orders_out_;
    int rest_microseconds_ = 0;
};

}  // namespace msunet::app
