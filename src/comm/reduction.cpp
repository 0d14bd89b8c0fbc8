// SPDX-License-Identifier: Apache-2.0
#include "comm/handle.hpp"
#include "msunet/comm/communicator.hpp"

namespace msunet::comm {
namespace {

MPI_Op native(Operation operation) {
    switch (operation) {
        case Operation::max:
            return MPI_MAX;
        case Operation::min:
            return MPI_MIN;
        case Operation::sum:
            break;
    }
    return MPI_SUM;
}

// Open MPI's tuned algorithms combine the values in an order that depends on sizes only, not on
// which rank arrives first: the same sizes give the same bits.
template <class T>
void reduce(MPI_Comm comm, std::span<T> values, MPI_Datatype type, Operation operation) {
    in_pieces(values.size(), sizeof(T), [&](std::size_t offset, int count) {
        check(MPI_Allreduce(MPI_IN_PLACE, values.data() + offset, count, type, native(operation),
                            comm),
              "MPI_Allreduce");
    });
}

}  // namespace

void Communicator::all_reduce_in_place(std::span<float> values, Operation operation) const {
    if (size() > 1) {
        reduce(handle_->comm, values, MPI_FLOAT, operation);
    }
}

void Communicator::all_reduce_in_place(std::span<double> values, Operation operation) const {
    if (size() > 1) {
        reduce(handle_->comm, values, MPI_DOUBLE, operation);
    }
}

void Communicator::all_reduce_in_place(std::span<std::int64_t> values, Operation operation) const {
    if (size() > 1) {
        reduce(handle_->comm, values, MPI_INT64_T, operation);
    }
}

void Communicator::all_reduce_in_place(std::span<std::uint64_t> values, Operation operation) const {
    if (size() > 1) {
        reduce(handle_->comm, values, MPI_UINT64_T, operation);
    }
}

bool Communicator::all_of(bool condition) const {
    return all_reduce(std::int64_t{condition}, Operation::min) != 0;
}

bool Communicator::any_of(bool condition) const {
    return all_reduce(std::int64_t{condition}, Operation::max) != 0;
}

}  // namespace msunet::comm
