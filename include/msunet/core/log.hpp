// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the user reads while the program runs. Information goes to stdout, warnings and errors to
// stderr with "warning: " and "error: " before them. Colours only on a terminal. Rank 0 alone
// speaks; the others are silent but for alert() and fatal().

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::core::log {

/// Rank in the world. Before the call a process is rank 0.
void set_rank(int rank);
[[nodiscard]] int rank();

/// No information any more, warnings and errors stay.
void set_quiet(bool quiet);

/// One line (or several) on stdout.
void info(std::string_view text);
/// "warning: …" on stderr, counted and remembered.
void warn(std::string_view text);
/// "error: …" on stderr.
void error(std::string_view text);
/// As warn, from whichever rank: "warning: rank 3: …". For what only this rank knows.
void alert(std::string_view text);
/// As error, from whichever rank: "error: rank 3: …". For what ends the whole job.
void fatal(std::string_view text);

/// Lines that replace themselves on a terminal; nothing elsewhere. The next message, or an empty
/// text, clears them. The cursor stands below them, so that what another process writes begins a
/// line.
void progress(std::string_view text);

/// stdout is a terminal and this rank speaks.
[[nodiscard]] bool is_terminal();
/// Columns of the terminal, else $COLUMNS, else 80. Under mpirun on this machine it is the
/// terminal that mpirun writes to.
[[nodiscard]] int terminal_width();
/// Rows of the terminal, else 24.
[[nodiscard]] int terminal_height();

/// What warn() was told so far on this rank, spoken or not, in order.
[[nodiscard]] std::vector<std::string> warnings();
[[nodiscard]] std::size_t warning_count();

}  // namespace msunet::core::log
