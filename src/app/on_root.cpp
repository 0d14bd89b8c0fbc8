// SPDX-License-Identifier: Apache-2.0
#include "on_root.hpp"

#include "msunet/core/failure_text.hpp"
#include "msunet/core/text.hpp"

namespace msunet::codec {

std::optional<core::ExitCode> Names<core::ExitCode>::parse(std::string_view name) {
    const auto code = core::to_integer(name);
    if (!code) return std::nullopt;
    return static_cast<core::ExitCode>(*code);
}

}  // namespace msunet::codec

namespace msunet::app::detail {

RootFailure failure_of(const std::exception& error) {
    if (const auto* known = dynamic_cast<const core::Error*>(&error)) {
        return {known->code(), known->problems()};
    }
    return {core::ExitCode::failure, {core::failure_text(error)}};
}

}  // namespace msunet::app::detail
