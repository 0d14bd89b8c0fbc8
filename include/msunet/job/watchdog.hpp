// SPDX-License-Identifier: Apache-2.0
/// \file
/// Detects that this rank hangs. The other ranks can't: they wait for it in MPI.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "msunet/record/control.hpp"

namespace msunet::job {

/// A thread that ends the process with exit code 1 when a piece of work makes no progress for too
/// long: the larger of the timeout and 20 times the median of the last steps. It watches only while
/// the rank has work; waiting for work is no stall. It calls `_exit` because MPI must not be called
/// from this thread (MPI_THREAD_FUNNELED): mpirun or srun then end the job, which can be resumed.
class Watchdog {
public:
    /// What happens on a stall; the default prints the message and ends the process.
    using Alarm = std::function<void(const std::string& message)>;

    Watchdog(double timeout_seconds, int rank, Alarm alarm = {});
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// This rank begins `work` ("trial 3") or another part of it.
    void watch(std::string work);
    /// The work makes progress; `seconds` is the duration of the step, if it was one.
    void progress(double seconds = 0);
    /// This rank has no work until the next `watch`.
    void pause();

private:
    void run();
    double limit() const;
    void raise_alarm(double seconds) const;

    double timeout_;
    int rank_;
    Alarm alarm_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool ending_ = false;
    std::string work_;  ///< empty: none
    double last_sign_ = 0;
    std::vector<double> steps_;  ///< durations of the last steps, a ring
    std::size_t next_step_ = 0;
    std::thread thread_;
};

/// A training's control that also reports every step and epoch to the watchdog.
class WatchedControl final : public record::TrialControl {
public:
    WatchedControl(record::TrialControl& control, Watchdog& watchdog)
        : control_(control), watchdog_(watchdog) {}

    record::Answer after_step(const record::StepReport& report) override;
    record::Answer after_epoch(record::TrialId trial, const record::EpochReport& report) override;
    void checkpoint_written(const record::CheckpointReport& report) override;
    void end_reached(const record::TrialResult& result) override;

private:
    record::TrialControl& control_;
    Watchdog& watchdog_;
};

}  // namespace msunet::job
