// SPDX-License-Identifier: Apache-2.0
/// \file
/// The commands of the program.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exit_codes.hpp"
#include "msunet/config/schema.hpp"
#include "msunet/core/error.hpp"

namespace msunet::app {

/// One command: `msunet <name> …`.
struct Command {
    std::string_view name;
    std::string_view usage;    ///< after "msunet"
    std::string_view summary;  ///< one line, for the list of commands
    std::string_view text;     ///< what the command does, for its own help
    std::string_view examples;
    std::vector<ExitCase> exit_cases;
    /// Files of the source folder that tell more, with their subject.
    std::string_view reading;
    /// Calls `use` with the command's options at their defaults.
    std::function<void(const std::function<void(const config::Schema&)>& use)> with_schema;
    /// Runs it. `arguments` are those after the command's name.
    std::function<core::ExitCode(std::span<const std::string> arguments)> run;
};

/// All commands, in the order of the help.
[[nodiscard]] const std::vector<Command>& commands();

[[nodiscard]] Command train_command();
[[nodiscard]] Command init_model_command();
[[nodiscard]] Command phantom_command();
[[nodiscard]] Command report_command();
[[nodiscard]] Command status_command();
[[nodiscard]] Command merge_command();
[[nodiscard]] Command bench_command();
[[nodiscard]] Command predict_command();

/// Runs the command of `arguments` (without the program). Throws what the command throws.
core::ExitCode run_program(std::span<const std::string> arguments);

}  // namespace msunet::app
