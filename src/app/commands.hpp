// SPDX-License-Identifier: Apache-2.0
/// \file
/// The commands of the program.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"
#include "msunet/core/error.hpp"

namespace msunet::app {

/// One command: `msunet <name> …`.
struct Command {
    std::string_view name;
    std::string_view usage;    ///< after "msunet"
    std::string_view summary;  ///< one line, for the list of commands
    std::string_view text;     ///< what the command does, for its own help
    /// The end of its own help: examples, exit codes, further reading.
    std::string_view closing;
    /// Shows the command's options, with their defaults, to `use`.
    std::function<void(const std::function<void(const config::Schema&)>& use)> with_schema;
    /// Runs it. `arguments` are those after the command's name.
    std::function<core::ExitCode(std::span<const std::string> arguments)> run;
};

/// All commands, in the order of the help.
const std::vector<Command>& commands();

Command train_command();
Command init_model_command();
Command phantom_command();
Command report_command();
Command status_command();
Command merge_command();
Command bench_command();
Command predict_command();

/// Runs what `arguments` (without the program) ask for; exceptions are the caller's.
core::ExitCode run_program(std::span<const std::string> arguments);

/// The program's version: "1.0.0".
std::string_view version();

}  // namespace msunet::app
