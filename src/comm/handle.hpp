// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <string_view>

#include "msunet/comm/communicator.hpp"

namespace msunet::comm {

/// Throws `core::Error` with MPI's text for the code unless it is MPI_SUCCESS.
void check(int code, std::string_view call);

/// A length as an int, as MPI takes it; throws `core::Error` if it does not fit.
int int_count(std::size_t count);

/// The most that one MPI call moves, since counts are ints; larger data are sent in pieces.
inline constexpr std::size_t bytes_per_call = std::size_t{1} << 30;

/// Calls `move(offset, count)` for each piece of `count` elements.
void in_pieces(std::size_t count, std::size_t element_bytes,
               const std::function<void(std::size_t offset, int count)>& move);

/// The MPI handle of a communicator that has one.
inline MPI_Comm native(const Communicator& communicator) {
    return MPI_Comm_f2c(communicator.fortran_handle());
}

struct Communicator::Handle {
    MPI_Comm comm = MPI_COMM_NULL;  ///< null: the communicator without MPI
    bool owned = false;
    int rank = 0;
    int size = 1;
    std::deque<Message> mailbox;  ///< messages of the only rank to itself

    Handle() = default;
    Handle(MPI_Comm handle, bool is_owned);
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
};

}  // namespace msunet::comm
