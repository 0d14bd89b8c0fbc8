// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/event.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
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
        see(event.at);
    }

    void operator()(const EpochFinished& event) {
        std::vector<EpochReport>& epochs = record_.trials[event.trial].epochs;
        // A trial that is resumed from a checkpoint may repeat an epoch.
        std::erase_if(epochs, [&](const EpochReport& e) { return e.epoch >= event.report.epoch; });
        epochs.push_back(event.report);
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
        record_.left_out -= left_out_with(id);
        record_.trials[id].result = event.result;
        record_.left_out += left_out_with(id);
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
        const TrialId training = record_.training_of(event.trial);
        record_.left_out -= left_out_with(event.trial);
        record_.trials.erase(event.trial);
        TrialRecord anew;
        if (const TrialResult* const kept = record_.result(training)) anew.result = *kept;
        record_.trials[training] = std::move(anew);
        record_.left_out += left_out_with(event.trial);
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
    /// Trials of this one's permutation that are left out.
    std::size_t left_out_with(TrialId trial) const {
        const Folding& folding = record_.start.folding;
        const TrialResult* const first = record_.result(folding.first(trial));
        if (!folding.first_decides || first == nullptr || first->state == TrialState::done) {
            return 0;
        }
        const auto trials = trials_of_permutations(folding, {folding.permutation(trial)});
        return static_cast<std::size_t>(std::ranges::count_if(
            trials, [this](TrialId one) { return record_.is_left_out(one); }));
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

/// The training that an event is about.
std::optional<TrialId> training_of(const Event& event) {
    if (const auto* e = std::get_if<TrialStarted>(&event)) return e->trial;
    if (const auto* e = std::get_if<CheckpointSaved>(&event)) return e->checkpoint.trial;
    if (const auto* e = std::get_if<EpochFinished>(&event)) return e->trial;
    if (const auto* e = std::get_if<TrialPaused>(&event)) return e->trial;
    if (const auto* e = std::get_if<RungReached>(&event)) return e->trial;
    if (const auto* e = std::get_if<TrialPromoted>(&event)) return e->trial;
    return std::nullopt;
}

/// The trial, or training, that an event is about.
std::optional<TrialId> trial_of(const Event& event) {
    if (const auto* e = std::get_if<TrialFinished>(&event)) return e->result.trial;
    if (const auto* e = std::get_if<TrialRetried>(&event)) return e->trial;
    return training_of(event);
}

bool is_ascending(const std::vector<TrialId>& trials) {
    return std::adjacent_find(trials.begin(), trials.end(), std::greater_equal<>()) == trials.end();
}

void check_grid(const GridLists& grid) {
    for (const auto& [name, values] : grid) {
        if (values.empty()) {
            throw core::InputError("the grid has no value for " + core::quoted(name));
        }
    }
}

bool is_in_grid(const GridLists& grid, std::uint64_t index) {
    // Without overflow: the grid may have up to 2^63 permutations.
    for (const auto& [name, values] : grid) index /= values.size();
    return index == 0;
}

/// `trials`: of the sweep, ascending.
void check_shared(const std::vector<std::vector<TrialId>>& shared,
                  const std::vector<TrialId>& trials) {
    std::vector<TrialId> trainings;
    std::vector<TrialId> served;
    for (const auto& ids : shared) {
        if (ids.size() < 2 || !is_ascending(ids)) {
            throw core::InputError("a shared training is not an ascending list of trials");
        }
        trainings.push_back(ids.front());
        served.insert(served.end(), ids.begin(), ids.end());
    }
    std::ranges::sort(served);
    if (!is_ascending(trainings) || !is_ascending(served) ||
        !std::ranges::includes(trials, served)) {
        throw core::InputError("the shared trainings are not parts of the sweep");
    }
}

void check_start(const SweepStart& start) {
    check_grid(start.grid);
    constexpr std::uint64_t most_trials = 1'000'000;  // bounds what a damaged file may ask for
    const auto [folds, repeats, first_decides] = start.folding;
    if ((folds == 0) != (repeats == 0) || (folds > 0 && repeats > most_trials / folds) ||
        (first_decides && folds == 0) || start.rounds % start.folding.trials() != 0) {
        throw core::InputError("the numbers of folds and repeats don't fit");
    }
    if (!is_ascending(start.trials)) {
        throw core::InputError("the trials are not in ascending order");
    }
    check_shared(start.shared, start.trials);
}

/// `trials`: all of the extended sweep, ascending.
void check_continued(const SweepRecord& record, const SweepExtended& event,
                     const std::vector<TrialId>& trials) {
    std::vector<TrialId> joined;
    for (const auto& ids : event.shared) joined.insert(joined.end(), ids.begin() + 1, ids.end());
    std::ranges::sort(joined);
    std::vector<TrialId> begun;
    for (const Continuation& begins : event.continued) {
        const bool is_new = std::ranges::binary_search(trials, begins.trial) &&
                            !std::ranges::binary_search(record.start.trials, begins.trial);
        if (!is_new || std::ranges::binary_search(joined, begins.trial) || begins.epoch < 1 ||
            record.longest_result(begins.from) == nullptr) {
            throw core::InputError(core::concat(
                "trial ", begins.trial, " of the extension can't go on from trial ", begins.from));
        }
        begun.push_back(begins.trial);
    }
    if (!is_ascending(begun)) {
        throw core::InputError("the continued trainings are not in ascending order");
    }
}

void check_extension(const SweepRecord& record, const SweepExtended& event) {
    const SweepStart& start = record.start;
    check_grid(event.grid);
    if (start.rounds > 0 || !start.shard.empty()) {
        throw core::InputError("a sweep with suggestions or shards is extended");
    }
    const auto of_each = start.folding.trials();
    const bool has_all_folds =
        event.trials.size() % of_each == 0 && event.indices.size() == event.trials.size() / of_each;
    if (!has_all_folds || !is_ascending(event.indices) ||
        (!event.indices.empty() && !is_in_grid(event.grid, event.indices.back()))) {
        throw core::InputError("the permutations of the extension are not those of its grid");
    }
    std::vector<TrialId> trials = event.trials;
    std::ranges::sort(trials);
    const bool keeps_all = trials.size() >= start.trials.size() &&
                           std::equal(start.trials.begin(), start.trials.end(), trials.begin());
    if (!is_ascending(trials) || !keeps_all) {
        throw core::InputError("the extension does not keep the trials and add later ones");
    }
    for (std::size_t i = 0; i < event.trials.size(); ++i) {
        const TrialId first = event.trials[i - i % of_each];
        if (start.folding.number(first) == 0 && event.trials[i] == first + i % of_each) continue;
        throw core::InputError("the folds of a permutation of the extension are not together");
    }
    check_shared(event.shared, trials);
    check_continued(record, event, trials);
}

void check_suggestion(const SweepStart& start, TrialId trial) {
    const auto problem = [trial](std::string_view what) {
        return core::InputError(core::concat("trial ", trial, " is suggested ", what));
    };
    if (std::ranges::binary_search(start.trials, trial)) throw problem("a second time");
    if (start.trials.size() >= start.rounds) throw problem("beyond the number of trials");
    if (start.folding.number(trial) != 0) throw problem("that is not its permutation's first one");
    if (!is_in_grid(start.grid, start.folding.permutation(trial))) {
        throw problem("outside of the grid");
    }
}

}  // namespace

void check(const SweepRecord& record, const Event& event) {
    if (const auto* start = std::get_if<SweepStart>(&event)) {
        if (!record.starts.empty()) throw core::InputError("the sweep starts a second time");
        check_start(*start);
        return;
    }
    if (record.starts.empty()) throw core::InputError("the first line does not start a sweep");
    if (const auto* extended = std::get_if<SweepExtended>(&event)) {
        check_extension(record, *extended);
        return;
    }
    if (const auto* suggested = std::get_if<TrialSuggested>(&event)) {
        check_suggestion(record.start, suggested->trial);
    }
    const std::optional<TrialId> trial = trial_of(event);
    const std::vector<TrialId>& trials = record.start.trials;
    if (trial && !std::binary_search(trials.begin(), trials.end(), *trial)) {
        throw core::InputError(core::concat("trial ", *trial, " is not part of the sweep"));
    }
    if (const auto training = training_of(event);
        training && record.shared_trainings.contains(*training)) {
        throw core::InputError(core::concat("trial ", *training, " is trained with trial ",
                                            record.training_of(*training)));
    }
    if (const auto* finished = std::get_if<TrialFinished>(&event)) {
        if (!is_final(finished->result.state)) {
            throw core::InputError(core::concat("the result of trial ", *trial, " is ",
                                                core::name_of(finished->result.state)));
        }
    }
}

void update(SweepRecord& record, const Event& event) {
    check(record, event);
    std::visit(Update(record), event);
}

}  // namespace msunet::record
