// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msunet::dispatch {

/// Several functions as one, for std::visit.
template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace msunet::dispatch
