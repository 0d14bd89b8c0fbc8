// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/event.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "record/check.hpp"

namespace msunet::record {

namespace {

/// Updates a record by a checked event.
class Update {
public:
    explicit Update(SweepRecord& record) : record_(record) {}

    void operator()(const SweepStart& event) {
        record_.start = event;
        record_.shared_trainings = event.shared_trainings();
        begin(event.world, event.owner, event.at);
    }

    void operator()(const SweepExtended& event) {
        SweepStart& start = record_.start;
        record_.extensions.push_back({event.trials.size() - start.trials.size(), event.at});
        start.configuration = event.configuration;
        start.grid = event.grid;
        std::vector<std::pair<TrialId, std::uint64_t>> pairs;
        for (std::size_t i = 0; i < event.trials.size(); ++i) {
            pairs.emplace_back(event.trials[i], event.indices[i / start.folding.trials()]);
        }
        std::ranges::sort(pairs);
        start.trials.clear();
        start.indices.clear();
        for (const auto& [trial, index] : pairs) {
            start.trials.push_back(trial);
            start.indices.push_back(index);
        }
        start.shared = event.shared;
        record_.shared_trainings = start.shared_trainings();
        for (const Continuation& begins : event.continued) {
            record_.continued[begins.trial] = begins;
        }
        // The grid may have further names since.
        for (auto& [id, trial] : record_.trials) {
            if (trial.result) trial.result->permutation = start.permutation(id);
        }
        record_.finished = false;
        see(event.at);
    }

    void operator()(const TrialSuggested& event) {
        std::vector<TrialId>& trials = record_.start.trials;
        const Folding& folding = record_.start.folding;
        const auto added = trials_of_permutations(folding, {folding.permutation(event.trial)});
        trials.insert(std::ranges::upper_bound(trials, event.trial), added.begin(), added.end());
        see(event.at);
    }

    void operator()(const SuggestionsEnded& event) {
        record_.start.rounds = record_.start.trials.size();
        see(event.at);
    }

    void operator()(const TrialStarted& event) {
        close(event.trial, TrialState::pending, event.at);
        TrialRecord& trial = record_.trials[event.trial];
        trial.state = TrialState::running;
        trial.rank = event.rank;
        if (trial.first_started_at == 0) trial.first_started_at = event.at;
        take_over_epochs(event, trial);
        record_.timeline.push_back(
            {event.trial, event.rank, newest_start(), event.at, event.at, TrialState::running});
        see(event.at);
    }

    void operator()(const CheckpointSaved& event) {
        record_.trials[event.checkpoint.trial].progress.saved(event.checkpoint);
        drop_continuation(event.checkpoint.trial, event.checkpoint.epoch);
        see(event.at);
    }

    void operator()(const EpochFinished& event) {
        std::vector<EpochReport>& epochs = record_.trials[event.trial].epochs;
        // A trial that is resumed from a checkpoint may repeat an epoch.
        std::erase_if(epochs, [&](const EpochReport& e) { return e.epoch >= event.report.epoch; });
        epochs.push_back(event.report);
        drop_continuation(event.trial, event.report.epoch);
        see(event.at);
    }

    void operator()(const TrialPaused& event) {
        close(event.trial, TrialState::paused, event.at);
        see(event.at);
    }

    void operator()(const RungReached& event) {
        close(event.trial, TrialState::paused, event.at);
        TrialRecord& trial = record_.trials[event.trial];
        trial.state = TrialState::paused;
        trial.rungs.push_back({event.epoch, event.value, event.at});
        trial.at_rung = event.result;
        see(event.at);
    }

    void operator()(const TrialPromoted& event) {
        record_.trials[event.trial].promotions.push_back(
            {event.until_epoch, event.rung, event.bracket, event.at});
        see(event.at);
    }

    void operator()(const TrialFinished& event) {
        const TrialId id = event.result.trial;
        const TrialId training = record_.training_of(id);
        record_.trials[id].result = event.result;
        if (id != training) record_.trials[id].state = event.result.state;
        if (record_.unfinished_trials(training).empty()) {
            close(training, event.result.state, event.at);
            TrialRecord& ended = record_.trials[training];
            ended.state = event.result.state;
            // Not clear(), which keeps the memory: of 100,000 trials it would be a gigabyte.
            ended.epochs = std::vector<EpochReport>();
            ended.at_rung.reset();
        }
        see(event.at);
    }

    void operator()(const TrialRetried& event) {
        const Folding& folding = record_.start.folding;
        std::vector<TrialId> again{record_.training_of(event.trial)};
        for (TrialId i = 1; i < folding.trials(); ++i) {
            // Its training may have gone on, for other permutations, past where this one ends.
            const TrialId other = folding.first(event.trial) + i;
            const TrialId training = record_.training_of(other);
            if (record_.is_left_out(other) && record_.find(training)) again.push_back(training);
        }
        record_.trials.erase(event.trial);
        for (const TrialId training : again) start_again(training);
        record_.finished = false;
        see(event.at);
    }

    void operator()(const Heartbeat& event) { see(event.at); }

    void operator()(const Stopped& event) {
        close_all(TrialState::pending, event.at);
        record_.starts.back().stopped = event.reason;
        see(event.at);
    }

    void operator()(const Resumed& event) {
        Start& last = record_.starts.back();
        if (!last.stopped && !record_.finished) {
            last.died = true;
            for (auto& [id, trial] : record_.trials) {
                if (trial.state == TrialState::running) trial.progress.died();
            }
            close_all(TrialState::pending, record_.last_event_at);
        }
        record_.finished = false;
        begin(event.world, event.owner, event.at);
    }

    void operator()(const Finished& event) {
        close_all(TrialState::pending, event.at);
        record_.finished = true;
        see(event.at);
    }

private:
    /// Forgets all of a training but the result.
    void start_again(TrialId training) {
        TrialRecord anew;
        if (const TrialResult* const kept = record_.result(training)) anew.result = *kept;
        record_.trials[training] = std::move(anew);
    }

    std::int64_t newest_start() const {
        return static_cast<std::int64_t>(record_.starts.size()) - 1;
    }

    void begin(const World& world, const Owner& owner, double at) {
        record_.starts.push_back({world, owner, at, at, std::nullopt, false});
        record_.owner = owner;
        see(at);
    }

    void see(double at) {
        record_.last_event_at = std::max(record_.last_event_at, at);
        record_.starts.back().to = std::max(record_.starts.back().to, at);
    }

    /// A training that goes on from another one's checkpoint has the epochs before it, too.
    void take_over_epochs(const TrialStarted& event, TrialRecord& trial) {
        const auto begins = record_.continued.find(event.trial);
        if (begins == record_.continued.end()) return;
        if (event.checkpoint != begins->second.checkpoint) return;
        const TrialResult* const from = record_.longest_result(begins->second.from);
        if (from != nullptr) trial.epochs = from->history;
    }

    /// A training that has come to an epoch before that of another one's checkpoint could not use
    /// it.
    void drop_continuation(TrialId training, std::int64_t epoch) {
        const auto begins = record_.continued.find(training);
        if (begins == record_.continued.end() || epoch >= begins->second.epoch) return;
        record_.continued.erase(begins);
    }

    /// Ends the trial's open span, if it runs.
    void close(TrialId id, TrialState outcome, double at) {
        const auto found = record_.trials.find(id);
        if (found == record_.trials.end() || found->second.state != TrialState::running) return;
        found->second.state = outcome;
        for (auto span = record_.timeline.rbegin(); span != record_.timeline.rend(); ++span) {
            if (span->trial != id) continue;
            span->to = std::max(at, span->from);
            span->outcome = outcome;
            found->second.spent_seconds += span->to - span->from;
            return;
        }
    }

    void close_all(TrialState outcome, double at) {
        for (const auto& entry : record_.trials) close(entry.first, outcome, at);
    }

    SweepRecord& record_;
};

}  // namespace

void update(SweepRecord& record, const Event& event) {
    check(record, event);
    std::visit(Update(record), event);
}

}  // namespace msunet::record
