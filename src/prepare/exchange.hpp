// SPDX-License-Identifier: Apache-2.0
/// \file
/// Values of any shape between ranks: their type has `fields` for module codec.
#pragma once

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/comm/communicator.hpp"

namespace msunet::prepare {

/// Collective over `ranks`: the root's value; the others' argument is ignored.
template <class T>
[[nodiscard]] T broadcast_value(const comm::Communicator& ranks, const T& value) {
    const std::string text = ranks.broadcast(ranks.is_root() ? codec::to_json(value) : "");
    return codec::from_json<T>(text);
}

/// Collective over `ranks`: the values of all, in the order of the ranks.
template <class T>
[[nodiscard]] std::vector<T> gather_values(const comm::Communicator& ranks,
                                           const std::vector<T>& mine) {
    std::vector<T> all;
    for (const std::string& text : ranks.all_gather(codec::to_json(mine))) {
        auto values = codec::from_json<std::vector<T>>(text);
        std::ranges::move(values, std::back_inserter(all));
    }
    return all;
}

}  // namespace msunet::prepare
