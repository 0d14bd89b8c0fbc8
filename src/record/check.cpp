// SPDX-License-Identifier: Apache-2.0
#include "record/check.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::record {

namespace {

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
            throw core::InputError({.kind = "the grid has no value for", .key = name});
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

}  // namespace msunet::record
