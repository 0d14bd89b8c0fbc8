// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/signals.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace msunet::core {

namespace {

std::atomic<bool> requested{false};
std::atomic<int> interrupts{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "the handler may only use lock-free atomics");

extern "C" void on_stop_signal(int signal_number) {
    constexpr int interrupted = 130;
    if (signal_number == SIGINT && interrupts.fetch_add(1) > 0) ::_exit(interrupted);
    requested = true;
}

/// nohup makes a process ignore that its terminal is closed.
bool is_ignored(int signal_number) {
    struct sigaction present {};
    return sigaction(signal_number, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
}

}  // namespace

void install_signal_handlers() {
    requested = false;
    interrupts = 0;
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    // System calls that a signal interrupts are restarted: the stop waits for the end of the step.
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal_number : std::array{SIGTERM, SIGUSR1, SIGUSR2, SIGINT, SIGHUP}) {
        if (signal_number == SIGHUP && is_ignored(signal_number)) continue;
        sigaction(signal_number, &action, nullptr);
    }
    // The work goes on when the reader of the output ends (`| head`).
    std::signal(SIGPIPE, SIG_IGN);
}

bool stop_requested() noexcept { return requested.load(std::memory_order_relaxed); }

}  // namespace msunet::core
