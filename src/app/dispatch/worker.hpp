// SPDX-License-Identifier: Apache-2.0
/// \file
/// The ranks of a worker group: its leader takes trials from the dispatcher, all of them train.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "channel.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/record/control.hpp"

namespace msunet::app {

/// Trains one trial. Collective over the group; the result is the same on all its ranks, `paused`
/// where it was set aside with a checkpoint.
using TrialRunner =
    std::function<record::TrialResult(const record::Assignment&, record::TrialControl&)>;

/// Work that a rank does between two steps and while it waits: on rank 0, dispatching.
using Background = std::function<void()>;

/// The leader of a group.
class Leader {
public:
    /// `members` are the world ranks of the group without the leader, `dispatcher` is rank 0.
    Leader(Channel& channel, int dispatcher, std::vector<int> members, TrialRunner run,
           Background background);

    /// Takes and trains trials until the dispatcher ends it. Returns seconds without work.
    double work();

private:
    class Control;
    friend class Control;

    void read_mail();
    void give_back_all();
    void train(const record::Assignment& assignment);
    void report(const record::Assignment& assignment, const record::TrialResult& result,
                double seconds);

    Channel& channel_;
    int dispatcher_;
    std::vector<int> members_;
    TrialRunner run_;
    Background background_;
    std::deque<record::Assignment> queue_;
    bool stopping_ = false;   ///< told to set aside what it trains
    bool told_stop_ = false;  ///< has told the dispatcher of a signal
    bool ended_ = false;
};

/// Any other rank of a group: trains what its leader names until it is dismissed.
void follow(Channel& channel, const TrialRunner& run, const Background& background);

/// Rank 0 where it leads no group: dispatches until `done`.
void only_dispatch(Channel& channel, const Background& background,
                   const std::function<bool()>& done);

}  // namespace msunet::app
