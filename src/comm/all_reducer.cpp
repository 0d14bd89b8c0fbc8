// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/all_reducer.hpp"

#include <algorithm>
#include <utility>

namespace msunet::comm {

MpiAllReducer::MpiAllReducer(Communicator group) : group_(std::move(group)) {}

void MpiAllReducer::sum(void* data, std::size_t count, DataType type, void* /*stream*/) {
    if (type == DataType::float32) {
        group_.all_reduce(std::span<float>(static_cast<float*>(data), count), Operation::sum);
    } else {
        group_.all_reduce(std::span<double>(static_cast<double*>(data), count), Operation::sum);
    }
    exchange_status();
}

void MpiAllReducer::sum(std::span<double> values) {
    group_.all_reduce(values, Operation::sum);
    exchange_status();
}

void MpiAllReducer::raise(std::int64_t status) { mine_ = std::max(mine_, status); }

void MpiAllReducer::clear() {
    mine_ = 0;
    agreed_ = 0;
}

void MpiAllReducer::exchange_status() {
    agreed_ = std::max(agreed_, group_.all_reduce(mine_, Operation::max));
}

}  // namespace msunet::comm
