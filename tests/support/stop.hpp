// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "msunet/core/signals.hpp"

namespace msunet::test {

/// Forgets requests to stop.
inline void clear_stop() { core::install_signal_handlers(); }

/// Requests a stop by a signal, as Slurm does.
inline void request_stop() {
    core::install_signal_handlers();
    std::raise(SIGUSR1);
}

}  // namespace msunet::test
