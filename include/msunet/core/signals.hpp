// SPDX-License-Identifier: Apache-2.0
/// \file
/// SIGTERM, SIGUSR1, SIGUSR2, SIGINT and SIGHUP (a closed terminal) request a stop: they set a flag
/// that the trainer reads after every step.
#pragma once

namespace msunet::core {

/// Installs the handlers and clears the flag. A second SIGINT ends the process at once with exit
/// code 130. SIGHUP stays ignored where it is (nohup). SIGPIPE is ignored: what is printed where
/// nobody reads it is lost, and nothing else.
void install_signal_handlers();

/// Whether a signal has requested a stop since the handlers were installed.
[[nodiscard]] bool stop_requested() noexcept;

}  // namespace msunet::core
