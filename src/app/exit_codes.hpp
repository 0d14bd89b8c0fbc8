// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the exit codes mean, for the help of all commands.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "msunet/core/error.hpp"

namespace msunet::app {

/// An exit code that a command may end with. `also` adds to the general meaning.
struct ExitCase {
    core::ExitCode code = core::ExitCode::ok;
    std::string_view also{};
};

/// A line for each case: "  2   wrong options, configuration or output folder; -o exists".
[[nodiscard]] std::string exit_codes_text(std::span<const ExitCase> cases);

/// As above, for all codes.
[[nodiscard]] std::string all_exit_codes_text();

}  // namespace msunet::app
