// SPDX-License-Identifier: Apache-2.0
#include "experiment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/difference.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

constexpr std::size_t differences_shown = 12;

fs::path journal_of(const fs::path& folder) { return folder / record::journal_name; }

bool is_experiment(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(journal_of(folder), ignored);
}

std::string owner_text(const record::Owner& owner) {
    auto text = concat("host ", quoted(owner.host), ", pid ", owner.pid);
    if (!owner.slurm_job.empty()) text += concat(", Slurm job ", owner.slurm_job);
    return text;
}

std::vector<std::string> refusal(const fs::path& folder, const std::vector<std::string>& changes) {
    std::vector<std::string> lines{
        concat("experiment ", quoted(folder.string()),
               " was started with another configuration or other data; use its own, another -n, "
               "or --resume never")};
    for (const auto& change : changes) {
        if (lines.size() > differences_shown) {
            lines.push_back(concat("… and ", changes.size() - differences_shown, " more"));
            break;
        }
        lines.push_back(change);
    }
    return lines;
}

/// Resumes the experiment in this folder, or throws why it can't.
ExperimentChoice reopen(const fs::path& folder, const record::SweepStart& current) {
    auto replay = record::replay(journal_of(folder));
    if (const auto user = record::in_use_by(replay.record, current.owner, current.at)) {
        throw core::UsageError(concat("experiment ", quoted(folder.string()), " is in use (",
                                      owner_text(*user),
                                      "), wait until it ends or give another -n"));
    }
    if (!replay.record.finished) record::require_current_version(journal_of(folder), replay);
    const auto changes = record::difference(replay.record.start, current);
    if (!changes.empty()) throw core::UsageError(refusal(folder, changes));
    auto notices = replay.notices;
    auto name = replay.record.start.experiment_name;
    return {folder, std::move(name), std::move(replay), std::move(notices)};
}

ExperimentChoice begin(const fs::path& folder, std::string name) {
    if (!core::make_directory_exclusive(folder) && !fs::is_empty(folder)) {
        throw core::UsageError(concat("folder ", quoted(folder.string()),
                                      " exists and is no experiment (it has no ",
                                      record::journal_name, "), give another -n"));
    }
    return {folder, std::move(name), std::nullopt, {}};
}

ExperimentChoice begin_numbered(const fs::path& directory, const std::string& name) {
    for (std::int64_t n = 1;; ++n) {
        auto numbered = n == 1 ? name : concat(name, "_", n);
        if (core::make_directory_exclusive(directory / numbered)) {
            return {directory / numbered, std::move(numbered), std::nullopt, {}};
        }
    }
}

/// The newest unfinished experiment that this start could resume.
std::optional<ExperimentChoice> find_unfinished(const fs::path& directory,
                                                const record::SweepStart& current) {
    std::optional<ExperimentChoice> newest;
    double newest_sign = 0;
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (!entry.is_directory() || !is_experiment(entry.path())) continue;
        try {
            auto replay = record::replay(journal_of(entry.path()));
            const auto& found = replay.record;
            if (found.finished || found.last_sign_of_life <= newest_sign) continue;
            if (record::in_use_by(found, current.owner, current.at)) continue;
            if (!record::difference(found.start, current).empty()) continue;
            newest_sign = found.last_sign_of_life;
            auto notices = replay.notices;
            auto name = found.start.experiment_name;
            newest = {entry.path(), std::move(name), std::move(replay), std::move(notices)};
        } catch (const core::Error&) {
            // Another experiment's damage must not prevent a new one.
            continue;
        }
    }
    return newest;
}

}  // namespace

void check_output_directory(const fs::path& folder) {
    try {
        core::make_directories(folder);
        core::AtomicFile probe(folder / ".msunet_probe");
        probe.write(std::string_view("probe"));
    } catch (const core::FileError& error) {
        throw core::UsageError(error.problems());
    }
}

ExperimentChoice choose_experiment(const ExperimentRequest& request,
                                   const record::SweepStart& current) {
    const auto& directory = request.output_directory;
    const auto default_name =
        concat("experiment", static_cast<std::int64_t>(std::floor(current.at)));
    if (request.resume.kind == Resume::Kind::never) {
        return begin_numbered(directory, request.name.value_or(default_name));
    }
    if (request.resume.kind == Resume::Kind::folder) {
        const auto& folder = request.resume.folder;
        if (!is_experiment(folder)) {
            throw core::UsageError(concat("--resume: ", quoted(folder),
                                          " is no experiment (it has no ", record::journal_name,
                                          "), give auto, never or an experiment's folder"));
        }
        return reopen(folder, current);
    }
    if (request.name) {
        const auto folder = directory / *request.name;
        return is_experiment(folder) ? reopen(folder, current) : begin(folder, *request.name);
    }
    if (auto unfinished = find_unfinished(directory, current)) {
        record::require_current_version(journal_of(unfinished->folder), *unfinished->replay);
        return std::move(*unfinished);
    }
    return begin_numbered(directory, default_name);
}

}  // namespace msunet::app
