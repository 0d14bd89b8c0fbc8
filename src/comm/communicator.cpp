// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/communicator.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <exception>
#include <string>

#include "comm/handle.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::comm {

void check(int code, std::string_view call) {
    if (code == MPI_SUCCESS) {
        return;
    }
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    throw core::Error(core::ExitCode::failure,
                      core::concat(call, " failed (", std::string_view(text.data(), length), ")"));
}

int int_count(std::size_t count) {
    if (count > static_cast<std::size_t>(INT_MAX)) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("a message of ", count, " bytes is too long for MPI"));
    }
    return static_cast<int>(count);
}

void in_pieces(std::size_t count, std::size_t element_bytes,
               const std::function<void(std::size_t, int)>& move) {
    const std::size_t piece = bytes_per_call / element_bytes;
    for (std::size_t offset = 0; offset < count; offset += piece) {
        move(offset, static_cast<int>(std::min(piece, count - offset)));
    }
}

Communicator::Handle::Handle(MPI_Comm handle, bool is_owned) : comm(handle), owned(is_owned) {
    check(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
}

Communicator::Handle::~Handle() {
    // Freeing may wait for the other ranks. While an exception unwinds, they may never arrive.
    if (owned && std::uncaught_exceptions() == 0 && Environment::active()) {
        MPI_Comm_free(&comm);
    }
}

Communicator Communicator::self_without_mpi() { return Communicator(std::make_shared<Handle>()); }

Communicator Communicator::world() {
    if (!Environment::active()) {
        return self_without_mpi();
    }
    return Communicator(std::make_shared<Handle>(MPI_COMM_WORLD, false));
}

int Communicator::rank() const { return handle_->rank; }
int Communicator::size() const { return handle_->size; }
bool Communicator::is_without_mpi() const { return handle_->comm == MPI_COMM_NULL; }
int Communicator::fortran_handle() const { return MPI_Comm_c2f(handle_->comm); }

Communicator Communicator::split(int color, int key) const {
    if (is_without_mpi()) {
        return self_without_mpi();
    }
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_->comm, color, key, &part), "MPI_Comm_split");
    return Communicator(std::make_shared<Handle>(part, true));
}

Communicator Communicator::split_shared() const {
    if (is_without_mpi()) {
        return self_without_mpi();
    }
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split_type(handle_->comm, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &part),
          "MPI_Comm_split_type");
    return Communicator(std::make_shared<Handle>(part, true));
}

Communicator Communicator::duplicate() const {
    if (is_without_mpi()) {
        return self_without_mpi();
    }
    MPI_Comm copy = MPI_COMM_NULL;
    check(MPI_Comm_dup(handle_->comm, &copy), "MPI_Comm_dup");
    return Communicator(std::make_shared<Handle>(copy, true));
}

void Communicator::barrier() const {
    if (!is_without_mpi()) {
        check(MPI_Barrier(handle_->comm), "MPI_Barrier");
    }
}

}  // namespace msunet::comm
