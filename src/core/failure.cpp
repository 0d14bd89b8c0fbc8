// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/failure.hpp"

#include "msunet/core/failure_text.hpp"

namespace msunet::core {

Failure failure_of(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) {
        return {known->code(), known->data()};
    }
    return {ExitCode::failure, {{.problem = failure_text(error)}}};
}

}  // namespace msunet::core
