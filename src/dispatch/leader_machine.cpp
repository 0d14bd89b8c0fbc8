// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/leader_machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dispatch/overloaded.hpp"

namespace msunet::dispatch {

LeaderActions LeaderMachine::begin() { return {Report{Ready{}}}; }

LeaderActions LeaderMachine::receive(const ToLeader& message) {
    LeaderActions actions;
    std::visit(Overloaded{[&](const Assign& assign) { waiting_.push_back(assign.assignment); },
                          [&](const Recall& recall) {
                              const auto removed =
                                  std::erase_if(waiting_, [&](const record::Assignment& waiting) {
                                      return waiting.trial == recall.trial;
                                  });
                              if (removed == 0) return;
                              actions.emplace_back(Report{Returned{recall.trial}});
                              actions.emplace_back(Report{Ready{}});
                          },
                          [&](const Drain&) { return_waiting(actions); },
                          [&](const Stop&) {
                              stopping_ = true;
                              return_waiting(actions);
                          },
                          [&](const End&) { over_ = true; }},
               message);
    return actions;
}

void LeaderMachine::return_waiting(LeaderActions& actions) {
    for (const record::Assignment& waiting : waiting_) {
        // Built in its place: GCC 12 warns of moved variants that hold a map.
        std::get<Report>(actions.emplace_back()).message = Returned{waiting.trial};
    }
    waiting_.clear();
}

LeaderActions LeaderMachine::receive_signal() {
    if (std::exchange(signalled_, true)) return {};
    return {Report{SignalReceived{}}};
}

LeaderActions LeaderMachine::start_next() {
    if (waiting_.empty()) return {};
    training_ = std::move(waiting_.front());
    waiting_.pop_front();
    return {Instruct{Train{*training_}}, Report{Started{training_->trial, training_->checkpoint}},
            Report{Ready{}}, StartTraining{*training_}};
}

LeaderActions LeaderMachine::epoch_ended(const record::EpochReport& report) {
    return {Report{EpochEnded{training_.value().trial, report}}};
}

LeaderActions LeaderMachine::checkpoint_saved(const record::CheckpointReport& checkpoint) {
    return {Report{CheckpointSaved{checkpoint}}};
}

LeaderActions LeaderMachine::end_reached(const record::TrialResult& result) {
    return {Report{Ended{result}}};
}

LeaderActions LeaderMachine::trained(const record::Trained& trained, double seconds) {
    const record::TrialId training = std::exchange(training_, std::nullopt).value().trial;
    if (!trained.paused) return {};
    LeaderActions actions;
    // If only a member received the signal, the group has agreed to pause without this rank's.
    if (!trained.at_until && !stopping_) actions = receive_signal();
    Paused paused{training, std::nullopt, seconds};
    if (trained.at_until) paused.reached = trained.paused;
    actions.emplace_back(Report{paused});
    return actions;
}

record::Answer LeaderMachine::answer() const {
    return stopping_ || signalled_ ? record::Answer::stop : record::Answer::go_on;
}

LeaderActions LeaderMachine::leave() const { return {Instruct{Dismiss{}}, Report{Left{}}}; }

}  // namespace msunet::dispatch
