// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/trial_folder.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/fields.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::record {

namespace fs = std::filesystem;

namespace {

constexpr const char* mark_name = "running";
constexpr const char* result_name = "result.json";

fs::path trials_of(const fs::path& folder) { return (folder / trial_folder(0)).parent_path(); }

/// The marks in an experiment's folder.
std::vector<fs::path> marks_in(const fs::path& folder) {
    std::vector<fs::path> marks;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(trials_of(folder), ignored)) {
        auto mark = entry.path() / mark_name;
        if (fs::exists(mark, ignored)) marks.push_back(std::move(mark));
    }
    return marks;
}

/// Files that core::AtomicFile had not yet given their name.
void remove_unfinished_files(const fs::path& folder) {
    std::vector<fs::path> unfinished;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const auto& path = entry.path();
        if (path.extension() == ".tmp" && path.filename().string().starts_with('.')) {
            unfinished.push_back(path);
        }
    }
    for (const auto& path : unfinished) fs::remove(path, ignored);
}

}  // namespace

void mark_running(const fs::path& trial_folder, std::int64_t rank) {
    core::write_file_atomically(trial_folder / mark_name, std::to_string(rank),
                                core::Durability::buffered);
}

void unmark_running(const fs::path& trial_folder) {
    std::error_code ignored;
    fs::remove(trial_folder / mark_name, ignored);
}

std::vector<TrialStarted> unrecorded_starts(const SweepRecord& record, const fs::path& folder) {
    std::vector<TrialStarted> starts;
    if (record.finished || record.starts.back().stopped) return starts;
    for (const auto& mark : marks_in(folder)) {
        const auto number = core::to_integer(mark.parent_path().filename().string());
        const auto trial = static_cast<TrialId>(number.value_or(0));
        if (!number || std::ranges::find(record.start.trials, trial) == record.start.trials.end()) {
            continue;
        }
        if (record.training_of(trial) != trial) continue;
        const auto* known = record.find(trial);
        if (known != nullptr &&
            (known->state == TrialState::running || record.unfinished_trials(trial).empty())) {
            continue;
        }
        starts.push_back({.trial = trial,
                          .rank = core::to_integer(core::read_file(mark)).value_or(0),
                          .checkpoint = {},
                          .at = record.last_event_at});
    }
    return starts;
}

void remove_leftovers(const fs::path& folder) {
    for (const auto& mark : marks_in(folder)) unmark_running(mark.parent_path());
    remove_unfinished_files(folder);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(trials_of(folder), ignored)) {
        remove_unfinished_files(entry.path());
    }
}

void write_result(const fs::path& trial_folder, const TrialResult& result) {
    core::write_file_atomically(trial_folder / result_name, codec::to_json(result));
}

void adopt_results(Journal& journal, const fs::path& folder) {
    const auto& record = journal.record();
    std::vector<TrialId> unfinished;
    for (const auto& [trial, known] : record.trials) {
        if (record.training_of(trial) != trial) continue;
        std::ranges::copy(record.unfinished_trials(trial), std::back_inserter(unfinished));
    }
    for (const auto trial : unfinished) {
        const auto file = folder / trial_folder(trial) / result_name;
        std::error_code ignored;
        if (!fs::exists(file, ignored)) continue;
        auto result = codec::from_json<TrialResult>(core::read_file(file));
        if (result.trial != trial) continue;
        journal.append(TrialFinished{std::move(result), core::unix_now()});
    }
}

void retry_failed(Journal& journal, const fs::path& folder) {
    std::vector<TrialId> failed;
    for (const auto* result : journal.record().results()) {
        if (result->state == TrialState::failed) failed.push_back(result->trial);
    }
    for (const auto trial : failed) {
        journal.append(TrialRetried{trial, core::unix_now()});
    }
    // Only once the journal says so: a result on disk that the journal lacks would be adopted.
    journal.sync();
    for (const auto trial : failed) {
        std::error_code ignored;
        fs::remove(folder / trial_folder(trial) / result_name, ignored);
    }
}

}  // namespace msunet::record
