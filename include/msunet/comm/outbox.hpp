// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Messages being sent: `post` never waits; the outbox keeps each payload until it has been sent.
/// Messages to the same rank with the same tag arrive in the order of posting.
class Outbox {
public:
    explicit Outbox(Communicator communicator);
    /// Waits until all messages are sent, but not while an exception unwinds, when the receivers
    /// may be gone; the payloads are leaked then, since MPI may still read them.
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Starts to send a message; tags are >= 0. A rank may post to itself.
    void post(int destination, int tag, std::string payload);
    /// Frees the payloads of sent messages and returns how many are still being sent. Never waits.
    std::size_t progress();
    /// Waits until all messages are sent.
    void flush();

private:
    struct Pending;
    Communicator communicator_;
    std::list<std::unique_ptr<Pending>> pending_;
    int exceptions_ = 0;
};

}  // namespace msunet::comm
