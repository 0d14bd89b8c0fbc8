// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/signals.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace msunet::core {

namespace {

std::atomic<int> asked{0};
std::atomic<int> interrupts{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only use lock-free atomics");

extern "C" void on_stop_signal(int signal_number) {
    constexpr int interrupted = 130;
    if (signal_number == SIGINT && interrupts.fetch_add(1) > 0) ::_exit(interrupted);
    request_stop(signal_number);
}

}  // namespace

void install_signal_handlers() {
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    // Reads and writes that a signal interrupts go on: the stop waits for the end of the step.
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal_number : std::array{SIGTERM, SIGUSR1, SIGUSR2, SIGINT}) {
        sigaction(signal_number, &action, nullptr);
    }
}

bool stop_requested() noexcept { return asked.load(std::memory_order_relaxed) != 0; }

int stop_signal() noexcept { return asked.load(std::memory_order_relaxed); }

void request_stop(int signal_number) noexcept {
    int none = 0;
    asked.compare_exchange_strong(none, signal_number);
}

void clear_stop() noexcept {
    asked = 0;
    interrupts = 0;
}

}  // namespace msunet::core
