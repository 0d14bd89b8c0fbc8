// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the user reads while the program runs. Information goes to stdout; warnings and errors go
/// to stderr, prefixed with "warning: " and "error: ". Colours on a terminal only. Only rank 0
/// writes; alert() and fatal() write from any rank.
#pragma once

#include <string_view>

namespace msunet::core::log {

/// Sets this process's rank in the world; until then it counts as rank 0.
void set_rank(int rank);

/// One line (or several) on stdout.
void info(std::string_view text);
/// "warning: …" on stderr.
void warn(std::string_view text);
/// "error: …" on stderr.
void error(std::string_view text);
/// As warn, but from any rank: "warning: rank 3: …". For what only this rank knows.
void alert(std::string_view text);
/// As error, but from any rank: "error: rank 3: …". For what ends the whole job.
void fatal(std::string_view text);

/// Shows lines that replace the previous ones on a terminal; does nothing elsewhere. The next
/// message, or an empty text, clears them. The cursor is left below them, so that output of other
/// processes starts on a line of its own.
void progress(std::string_view text);

/// Whether stdout is a terminal and this rank writes.
[[nodiscard]] bool is_terminal();
/// Columns of the terminal, else $COLUMNS, else 80. Under a local mpirun: of mpirun's terminal.
[[nodiscard]] int terminal_width();
/// Rows of the terminal, else 24.
[[nodiscard]] int terminal_height();

}  // namespace msunet::core::log
