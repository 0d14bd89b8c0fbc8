// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Messages on their way out: `post` never waits, the outbox keeps each payload until it has left.
/// Messages to the same rank with the same tag arrive in the order of posting.
class Outbox {
public:
    explicit Outbox(Communicator communicator);
    /// Waits for what is still on its way; while an exception unwinds it does not wait and lets the
    /// payloads live on, as nobody may be there to receive them.
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Starts sending; tags are >= 0. A rank may post to itself.
    void post(int destination, int tag, std::string payload);
    /// Frees what has left and returns how many messages are still on their way. Never waits.
    std::size_t progress();
    /// Waits until all have left.
    void flush();

private:
    struct Pending;
    Communicator communicator_;
    std::list<std::unique_ptr<Pending>> pending_;
    int exceptions_ = 0;
};

}  // namespace msunet::comm
