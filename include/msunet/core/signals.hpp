// SPDX-License-Identifier: Apache-2.0
#pragma once

// SIGTERM, SIGUSR1, SIGUSR2 and SIGINT ask for a stop: they set a flag that the trainer reads
// after every step.

namespace msunet::core {

/// Installs the handlers (once for the process). A second SIGINT ends the process at once with
/// exit code 130.
void install_signal_handlers();

/// A signal, or request_stop(), asked for a stop.
[[nodiscard]] bool stop_requested() noexcept;

/// The signal that asked, 0 if none did.
[[nodiscard]] int stop_signal() noexcept;

/// Asks for a stop as the signal would: other ranks' signals, the job's end, tests.
void request_stop(int signal_number) noexcept;

/// Forgets the request: tests.
void clear_stop() noexcept;

}  // namespace msunet::core
