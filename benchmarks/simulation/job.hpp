// SPDX-License-Identifier: Apache-2.0
/// \file
/// One start of a simulated job.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <utility>
#include <variant>
#include <vector>

#include "msunet/dispatch/dispatcher_machine.hpp"
#include "msunet/dispatch/leader_machine.hpp"
#include "msunet/record/event.hpp"
#include "shared_disk.hpp"
#include "simulated_sweep.hpp"

namespace msunet::simulation {

/// Epochs in each trial's checkpoint, with the part of the next one.
using SavedEpochs = std::map<record::TrialId, double>;

/// The dispatcher receives a message of a leader.
struct ToDispatcher {
    dispatch::ToDispatcher message;
};
/// A leader receives a message of the dispatcher.
struct ToLeader {
    dispatch::ToLeader message;
};
/// A group has trained an epoch, unless it was halted meanwhile.
struct EpochTrained {
    std::int64_t run = 0;
};
/// A group's last checkpoint is old enough for the next one.
struct CheckpointDue {
    std::int64_t start = 0;  ///< the number of the group's training
};
/// A group's file is open.
struct FileOpened {
    double bytes = 0;
};

struct Event {
    double at = 0;
    std::uint64_t number = 0;  ///< of equal times the earlier one first
    sweep::GroupId group = 0;
    std::variant<ToDispatcher, ToLeader, EpochTrained, CheckpointDue, FileOpened> what;

    bool operator>(const Event& other) const {
        return at != other.at ? at > other.at : number > other.number;
    }
};

/// A file that a group reads or writes.
struct Transfer {
    enum class Purpose { resume, checkpoint, pause, result };
    Purpose purpose = Purpose::resume;
    double position = 0;  ///< epochs in it
    double began = 0;
};

struct Group {
    dispatch::LeaderMachine machine;
    std::optional<record::Assignment> training;
    std::int64_t starts = 0;       ///< of trainings
    std::int64_t epoch = 0;        ///< trained of the trial
    double saved = 0;              ///< epochs in the last checkpoint, with the part of the next one
    double position = 0;           ///< epochs trained when it last began to train, or was halted
    double position_at = 0;        ///< when that was
    bool halted = false;           ///< waits for a file
    std::int64_t runs = 0;         ///< times that it began to train, from one halt to the next
    double since_start = 0;        ///< when the assignment was started
    double idle_since = 0;         ///< when it last had nothing to train
    std::optional<Transfer> file;  ///< that it reads or writes
    std::optional<Transfer::Purpose> follows;  ///< what it does when that is complete
    bool left = false;
};

/// One start of the job.
class Job {
public:
    Job(const Workload& workload, const Cluster& cluster, record::SweepRecord& record,
        SavedEpochs& saved_epochs, Outcome& outcome, double now, double dies_at);

    /// Whether the sweep is over; false if the job has died.
    bool run();
    [[nodiscard]] double now() const { return now_; }

private:
    Group& at(sweep::GroupId id) { return groups_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::unique_ptr<sweep::Strategy> make_strategy() const;
    template <class What>
    void plan(double time, sweep::GroupId group, What what) {
        events_.push({time, next_number_++, group, std::move(what)});
    }

    // Events (job.cpp)
    [[nodiscard]] double next_time() const;
    void advance();
    void handle(sweep::GroupId id, const ToDispatcher& arrived);
    void handle(sweep::GroupId id, const ToLeader& arrived);
    void handle(sweep::GroupId id, const EpochTrained& trained);
    void handle(sweep::GroupId id, const CheckpointDue& due);
    void handle(sweep::GroupId id, const FileOpened& opened);
    void carry_out(sweep::GroupId id, const dispatch::LeaderActions& actions);
    void carry_out(const dispatch::DispatcherActions& actions);
    void write_line(const record::Event& event);
    void die();

    // Training (training.cpp)
    void start_training(sweep::GroupId id, const record::Assignment& assignment);
    void train_on(sweep::GroupId id, double position);
    void halt(Group& group, double position);
    void finish(sweep::GroupId id);
    void leave_training(sweep::GroupId id, const record::Trained& trained);
    void next(sweep::GroupId id);
    void keep(Group& group, double position);
    void note_best(double dice);
    [[nodiscard]] double seconds_of_epoch(const Group& group) const;
    [[nodiscard]] double position_of(const Group& group) const;
    [[nodiscard]] double unsaved_seconds(const Group& group, double position) const;
    [[nodiscard]] record::TrialResult result_of(const Group& group, record::TrialState state) const;
    [[nodiscard]] record::EpochReport report_of(record::TrialId trial, std::int64_t epoch) const;

    // Files (files.cpp)
    void plan_checkpoint(sweep::GroupId id, double time);
    void open_file(sweep::GroupId id, Transfer::Purpose purpose, double position);
    void halt_for(sweep::GroupId id, Transfer::Purpose purpose, double position);
    void file_complete(sweep::GroupId id);
    void checkpoint_saved(sweep::GroupId id, double position);

    const Workload& workload_;
    const Cluster& cluster_;
    record::SweepRecord& record_;
    SavedEpochs& saved_epochs_;
    Outcome& outcome_;
    double now_;
    double dies_at_;
    std::vector<Group> groups_;
    std::unique_ptr<dispatch::DispatcherMachine> dispatcher_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    SharedDisk disk_;
    std::uint64_t next_number_ = 0;
    double rank0_free_ = 0;
    double synced_at_ = 0;             ///< the journal
    std::int64_t trained_epochs_ = 0;  ///< that no checkpoint or result holds yet
};

}  // namespace msunet::simulation
