// SPDX-License-Identifier: Apache-2.0
#include "msunet/job/watchdog.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::job {

using core::concat;

namespace {

constexpr double patience_in_steps = 20;
constexpr std::size_t steps_remembered = 64;
constexpr double longest_interval = 5;

void end_process(const std::string& message) {
    // Not through the log, whose lock a thread that hangs may hold.
    std::fprintf(stderr, "error: %s\n", message.c_str());
    std::fflush(stderr);
    _exit(static_cast<int>(core::ExitCode::failure));
}

}  // namespace

Watchdog::Watchdog(double timeout_seconds, int rank, Alarm alarm)
    : timeout_(timeout_seconds),
      rank_(rank),
      alarm_(alarm ? std::move(alarm) : end_process),
      thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Watchdog::watch(std::string work) {
    const std::lock_guard lock(mutex_);
    work_ = std::move(work);
    last_sign_ = core::steady_seconds();
}

void Watchdog::progress(double seconds) {
    const std::lock_guard lock(mutex_);
    last_sign_ = core::steady_seconds();
    if (seconds <= 0) return;
    if (steps_.size() < steps_remembered) {
        steps_.push_back(seconds);
    } else {
        steps_[next_step_++ % steps_remembered] = seconds;
    }
}

void Watchdog::pause() {
    const std::lock_guard lock(mutex_);
    work_.clear();
}

double Watchdog::limit() const {
    if (steps_.empty()) return timeout_;
    auto sorted = steps_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return std::max(timeout_, patience_in_steps * *middle);
}

void Watchdog::run() {
    const double interval = std::min(longest_interval, timeout_ / 4);
    std::unique_lock lock(mutex_);
    double checked_at = core::steady_seconds();
    while (!changed_.wait_for(lock, std::chrono::duration<double>(interval),
                              [this] { return ending_; })) {
        const double now = core::steady_seconds();
        // If this thread did not run either, the process was suspended: that is no stall.
        const double suspended = now - checked_at - interval;
        if (suspended > interval) last_sign_ = std::min(now, last_sign_ + suspended);
        checked_at = now;
        const double silence = now - last_sign_;
        if (work_.empty() || silence < limit()) continue;
        raise_alarm(silence);
        last_sign_ = now;
    }
}

void Watchdog::raise_alarm(double seconds) const {
    alarm_(concat(
        "rank ", rank_, " has made no progress in ", work_, " for ", core::fixed(seconds, 0),
        " s (--stall_timeout), the job ends; start it again to resume from the last checkpoint"));
}

record::Answer WatchedControl::after_step(const record::StepReport& report) {
    watchdog_.progress(report.seconds);
    return control_.after_step(report);
}

record::Answer WatchedControl::after_epoch(record::TrialId trial,
                                           const record::EpochReport& report) {
    watchdog_.watch(concat("trial ", trial, " after epoch ", report.epoch + 1));
    return control_.after_epoch(trial, report);
}

void WatchedControl::checkpoint_written(const record::CheckpointReport& report) {
    watchdog_.progress();
    control_.checkpoint_written(report);
}

void WatchedControl::end_reached(const record::TrialResult& result) {
    watchdog_.progress();
    control_.end_reached(result);
}

}  // namespace msunet::job
