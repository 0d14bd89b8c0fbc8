// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/all_reducer.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace msunet::comm {

MpiAllReducer::MpiAllReducer(Communicator group) : group_(std::move(group)) {}

void MpiAllReducer::sum(void* data, std::size_t count, DataType type, void* /*stream*/) {
    if (type == DataType::float32) {
        group_.all_reduce(std::span<float>(static_cast<float*>(data), count), Operation::sum);
    } else {
        group_.all_reduce(std::span<double>(static_cast<double*>(data), count), Operation::sum);
    }
}

void MpiAllReducer::sum_with_status(void* data, std::size_t count, DataType type, void* stream) {
    sum(data, count, type, stream);
    agreed_ = std::max(agreed_, group_.all_reduce(mine_, Operation::max));
}

void MpiAllReducer::raise(std::int64_t status) { mine_ = std::max(mine_, status); }

void MpiAllReducer::clear() {
    mine_ = 0;
    agreed_ = 0;
}

}  // namespace msunet::comm
