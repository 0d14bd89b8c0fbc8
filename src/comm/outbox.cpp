// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/outbox.hpp"

#include <exception>

#include "comm/handle.hpp"
#include "msunet/comm/environment.hpp"

namespace msunet::comm {

struct Outbox::Pending {
    std::string payload;
    MPI_Request request = MPI_REQUEST_NULL;
};

Outbox::Outbox(Communicator communicator)
    : communicator_(std::move(communicator)), exceptions_(std::uncaught_exceptions()) {}

Outbox::~Outbox() {
    const bool unwinding = std::uncaught_exceptions() > exceptions_;
    for (auto& pending : pending_) {
        if (unwinding || !Environment::active() ||
            MPI_Wait(&pending->request, MPI_STATUS_IGNORE) != MPI_SUCCESS) {
            // MPI may still read the payload.
            static_cast<void>(pending.release());
        }
    }
}

void Outbox::post(int destination, int tag, std::string payload) {
    if (communicator_.is_without_mpi()) {
        communicator_.send(destination, tag, payload);
        return;
    }
    auto pending = std::make_unique<Pending>();
    pending->payload = std::move(payload);
    check(MPI_Isend(pending->payload.data(), int_count(pending->payload.size()), MPI_BYTE,
                    destination, tag, native(communicator_), &pending->request),
          "MPI_Isend");
    pending_.push_back(std::move(pending));
}

std::size_t Outbox::progress() {
    for (auto pending = pending_.begin(); pending != pending_.end();) {
        int done = 0;
        check(MPI_Test(&(*pending)->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        pending = done != 0 ? pending_.erase(pending) : std::next(pending);
    }
    return pending_.size();
}

void Outbox::flush() {
    while (!pending_.empty()) {
        check(MPI_Wait(&pending_.front()->request, MPI_STATUS_IGNORE), "MPI_Wait");
        pending_.pop_front();
    }
}

}  // namespace msunet::comm
