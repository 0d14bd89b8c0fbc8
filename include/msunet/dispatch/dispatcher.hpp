// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/dispatch/channel.hpp"
#include "msunet/dispatch/dispatcher_machine.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::dispatch {

/// Is called for every event of a sweep, on the dispatcher's rank.
class SweepListener {
public:
    virtual ~SweepListener() = default;
    /// An event has been written to the journal.
    virtual void happened(const record::Event& event, const record::SweepRecord& record) = 0;
    /// Time has passed; called between messages.
    virtual void tick(const record::SweepRecord& record) = 0;
    /// All events so far are on the disk: files that they make superfluous may be deleted.
    virtual void synced() = 0;
};

/// How the training of a sweep ended.
struct SweepEnding {
    sweep::Ending ending = sweep::Ending::complete;
    std::optional<record::StopReason> stop_reason;
};

/// Serves the groups from rank 0, between its own training steps or alone: connects a
/// DispatcherMachine with messages, journal, clock and signals. Never waits.
class Dispatcher {
public:
    /// References outlive the dispatcher. The sweep begins.
    Dispatcher(Channel& channel, DispatcherMachine machine, record::Journal& journal,
               SweepListener& listener);

    /// Handles messages that have come, signals and the time.
    void serve();
    /// All groups have left.
    [[nodiscard]] bool is_over() const { return machine_.is_over(); }
    /// Brings the journal to the disk. After the sweep is over.
    SweepEnding finish();

private:
    void carry_out(const DispatcherActions& actions);

    Channel& channel_;
    DispatcherMachine machine_;
    record::Journal& journal_;
    SweepListener& listener_;
    double next_clock_ = 0;
};

}  // namespace msunet::dispatch
