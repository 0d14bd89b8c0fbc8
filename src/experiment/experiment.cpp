// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/difference.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;

namespace {

constexpr std::size_t differences_shown = 12;

fs::path journal_of(const fs::path& folder) { return folder / record::journal_name; }

bool is_experiment(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(journal_of(folder), ignored);
}

/// `problem` about the folder, then the changes.
std::vector<core::Problem> refusal(const fs::path& folder, std::string_view problem,
                                   const std::vector<std::string>& changes) {
    std::vector<core::Problem> lines{
        {.path = folder, .kind = "experiment", .problem = std::string(problem)}};
    for (const auto& change : changes) {
        if (lines.size() > differences_shown) {
            lines.push_back(
                {.problem = concat("… and ", changes.size() - differences_shown, " more")});
            break;
        }
        lines.push_back({.problem = change});
    }
    return lines;
}

/// With a result that reaches the target no trial would begin; nothing where there is none.
std::optional<std::string> reached_target(const record::SweepRecord& record,
                                          const std::optional<sweep::PerformanceTarget>& target) {
    if (!target) return std::nullopt;
    // With folds the mean of a permutation counts, as while the sweep runs.
    const record::PermutationView permutations(record);
    for (const auto* result : permutations.record().results()) {
        if (!target->reached(*result)) continue;
        return concat("--performance_target ", to_text(*target), ": ",
                      record.start.folding.any() ? "permutation " : "trial ", result->trial,
                      " has reached it (", target->metric, " ",
                      record::metric(*result, target->metric).value_or(0),
                      "), so that no new trial would begin; give another target or none");
    }
    return std::nullopt;
}

/// What such a start is refused for that does not ask for an extension.
std::string_view unasked_text(const record::SweepStart& recorded, const record::SweepStart& current,
                              bool extendable) {
    if (!extendable) {
        return "was started with another configuration or other data; use its own, another -n, or "
               "--resume never";
    }
    if (current.trials.size() == recorded.trials.size()) {
        return "has the same permutations in a grid that is written otherwise; write it as "
               "recorded, or give --extend True, another -n, or --resume never";
    }
    return "was started with a smaller grid; give --extend True to train what is new and keep "
           "what is there, use its own grid, another -n, or --resume never";
}

/// The extension of a recorded sweep to this one. Throws why there is none.
record::SweepExtended extension_of(const fs::path& folder, const record::SweepRecord& record,
                                   const record::SweepStart& current,
                                   const ExtensionRequest& request) {
    const auto& recorded = record.start;
    auto problems = sweep::extension_problems(recorded, current, request.values);
    if (auto target = reached_target(record, request.target)) problems.push_back(*target);
    const bool extendable = problems.empty() && !request.obstacle;
    if (request.asked && !problems.empty()) {
        throw core::UsageError(refusal(folder,
                                       "can't be extended by these options or data; change what "
                                       "is named, use another -n, or --resume never",
                                       problems));
    }
    if (request.asked) return sweep::extend(recorded, current, request.values);
    const auto changes = record::difference(recorded, current);
    throw core::UsageError(refusal(folder, unasked_text(recorded, current, extendable), changes));
}

/// Resumes or extends the experiment in this folder, or throws why it can't.
ExperimentChoice reopen(const fs::path& folder, const record::SweepStart& current,
                        const ExperimentRequest& request) {
    auto replay = replay_when_free(folder, current.owner, request.watch);
    const auto& recorded = replay.record.start;
    std::optional<record::SweepExtended> extension;
    if (!record::difference(recorded, current).empty()) {
        extension = extension_of(folder, replay.record, current, request.extension);
    }
    if (!replay.record.finished || extension) {
        record::require_current_version(journal_of(folder), replay);
    }
    auto notices = replay.notices;
    auto name = recorded.experiment_name;
    return {.folder = folder,
            .name = std::move(name),
            .replay = std::move(replay),
            .extension = std::move(extension),
            .notices = std::move(notices)};
}

bool is_free(const fs::path& folder) {
    std::error_code ignored;
    return !fs::exists(folder, ignored) ||
           (fs::is_directory(folder, ignored) && fs::is_empty(folder));
}

[[noreturn]] void refuse_folder(const fs::path& folder) {
    if (is_experiment(folder)) {
        throw core::UsageError({.path = folder,
                                .kind = "experiment",
                                .problem = "was begun by another start at the same moment",
                                .advice = "wait until it ends or give another -n"});
    }
    throw core::UsageError({.path = folder,
                            .kind = "folder",
                            .problem = "exists and is no experiment",
                            .why = concat("it has no ", record::journal_name),
                            .advice = "give another -n"});
}

/// Refuses a folder that is asked for and is no experiment.
void check_named_folder(const ExperimentRequest& request) {
    using Kind = settings::Resume::Kind;
    if (request.resume.kind == Kind::folder && !is_experiment(request.resume.folder)) {
        throw core::UsageError({.option = "--resume",
                                .got = request.resume.folder,
                                .problem = "is no experiment",
                                .why = concat("it has no ", record::journal_name),
                                .advice = "give auto, never or an experiment's folder"});
    }
    if (request.resume.kind != Kind::automatic || !request.name) return;
    const auto folder = request.output_directory / *request.name;
    if (!is_experiment(folder) && !is_free(folder)) refuse_folder(folder);
}

/// The first of `name`, `name_2`, … that does not exist.
ExperimentChoice begin_numbered(const fs::path& directory, const std::string& name) {
    std::error_code ignored;
    for (std::int64_t n = 1;; ++n) {
        auto numbered = n == 1 ? name : concat(name, "_", n);
        if (fs::exists(directory / numbered, ignored)) continue;
        auto folder = directory / numbered;
        return {.folder = std::move(folder),
                .name = std::move(numbered),
                .replay = std::nullopt,
                .numbered_from = name,
                .notices = {}};
    }
}

/// Whether a start without a name goes on with this experiment.
bool is_meant(const record::Replay& replay, const record::SweepStart& current,
              const ExtensionRequest& extension) {
    const auto& found = replay.record;
    if (extension.asked) {
        return (!found.finished || replay.version == record::journal_version) &&
               sweep::extension_problems(found.start, current, extension.values).empty();
    }
    return !found.finished && !record::in_use_by(found, current.owner, current.at) &&
           record::difference(found.start, current).empty();
}

/// The folder of the newest experiment that this start could resume or extend; empty: none.
fs::path find_newest(const fs::path& directory, const record::SweepStart& current,
                     const ExtensionRequest& extension) {
    fs::path newest;
    double newest_sign = 0;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(directory, missing)) {
        if (!entry.is_directory() || !is_experiment(entry.path())) continue;
        try {
            const auto replay = record::replay(journal_of(entry.path()));
            const double sign = replay.record.last_event_at;
            if (sign <= newest_sign || !is_meant(replay, current, extension)) continue;
            newest_sign = sign;
            newest = entry.path();
        } catch (const core::Error&) {
            // Another experiment's damage must not prevent a new one.
            continue;
        }
    }
    return newest;
}

}  // namespace

void check_folders(const ExperimentRequest& request) {
    core::try_folder(request.output_directory, core::ExitCode::usage);
    check_named_folder(request);
}

ExperimentChoice choose_experiment(const ExperimentRequest& request,
                                   const record::SweepStart& current) {
    check_named_folder(request);
    const auto& directory = request.output_directory;
    const auto default_name =
        concat("experiment", static_cast<std::int64_t>(std::floor(current.at)));
    if (request.resume.kind == settings::Resume::Kind::never) {
        return begin_numbered(directory, request.name.value_or(default_name));
    }
    if (request.resume.kind == settings::Resume::Kind::folder) {
        return reopen(request.resume.folder, current, request);
    }
    if (request.name) {
        auto folder = directory / *request.name;
        if (is_experiment(folder)) return reopen(folder, current, request);
        return {.folder = std::move(folder),
                .name = *request.name,
                .replay = std::nullopt,
                .notices = {}};
    }
    const auto newest = find_newest(directory, current, request.extension);
    if (!newest.empty()) return reopen(newest, current, request);
    return begin_numbered(directory, default_name);
}

void make_experiment_folder(ExperimentChoice& choice) {
    core::make_directories(fs::absolute(choice.folder).parent_path());
    while (!core::make_directory_exclusive(choice.folder)) {
        if (choice.numbered_from.empty()) {
            if (!is_free(choice.folder)) refuse_folder(choice.folder);
            return;
        }
        const std::string name = choice.numbered_from;
        choice = begin_numbered(choice.folder.parent_path(), name);
    }
}

}  // namespace msunet::experiment
