// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <utility>
#include <variant>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/fields.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::record {

namespace {

using core::concat;
using core::quoted;

struct FirstLine {
    std::optional<std::int64_t> version;
};

template <class Archive, codec::Is<FirstLine> T>
void fields(Archive& archive, T& value) {
    archive("version", value.version);
}

/// The version that a journal's first line names; nothing if it is no such line.
std::optional<std::int64_t> version_of(std::string_view line) {
    try {
        return codec::from_json<FirstLine>(line).version;
    } catch (const core::InputError&) {
        return std::nullopt;
    }
}

/// The journal's version. Throws core::UsageError if this program can't read it.
std::int64_t checked_version(const std::filesystem::path& file, std::string_view line) {
    const std::optional<std::int64_t> version = version_of(line);
    if (!version) {
        throw core::UsageError({.path = file,
                                .problem = "does not begin as a journal does",
                                .why = "its first line is damaged",
                                .advice = "use another folder or experiment name"});
    }
    if (*version < 1 || *version > journal_version) {
        throw core::UsageError(
            {.path = file,
             .got = std::to_string(*version),
             .problem = concat("is a journal of version ", *version),
             .why = concat("this program reads versions 1 to ", journal_version),
             .advice = "resume it with the program that wrote it or use another experiment name"});
    }
    return *version;
}

[[noreturn]] void fail_damaged(const std::filesystem::path& file, std::size_t line,
                               std::string_view why) {
    throw core::UsageError({.path = file,
                            .problem = concat("is damaged in line ", line),
                            .why = std::string(why),
                            .advice = "restore it or train under another name"});
}

[[noreturn]] void fail_empty(const std::filesystem::path& file) {
    throw core::UsageError({.path = file,
                            .problem = "holds no whole line",
                            .why = "nothing was trained yet",
                            .advice = "delete it or use another experiment name"});
}

/// The last release that wrote journals of each version before this one.
constexpr std::array<std::string_view, journal_version - 1> releases{"0.1"};

}  // namespace

Replay replay(const std::filesystem::path& file) {
    const std::string text = core::read_file(file);
    Replay result;
    result.read_bytes = text.size();
    std::size_t number = 0;
    std::size_t position = 0;
    while (position < text.size()) {
        const std::size_t end = text.find('\n', position);
        ++number;
        if (end == std::string::npos) {
            result.notices.push_back(concat("dropped line ", number, " of ", quoted(file.string()),
                                            ", the last one (it is only half written)"));
            break;
        }
        const std::string_view line = std::string_view(text).substr(position, end - position);
        if (number == 1) result.version = checked_version(file, line);
        try {
            update(result.record, codec::from_json<Event>(line));
        } catch (const core::InputError& error) {
            const bool last = end + 1 == text.size();
            if (!last || number == 1) fail_damaged(file, number, error.what());
            result.notices.push_back(concat("dropped line ", number, " of ", quoted(file.string()),
                                            ", the last one (", error.what(), ")"));
            break;
        }
        position = end + 1;
        result.valid_bytes = position;
    }
    if (result.record.starts.empty()) fail_empty(file);
    return result;
}

SweepStart read_start(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    if (!stream) throw core::FileError("can't read", file, errno == 0 ? EIO : errno);
    std::getline(stream, line);
    // Without its end the line is only half written.
    if (stream.eof() || stream.fail()) fail_empty(file);
    static_cast<void>(checked_version(file, line));
    try {
        auto event = codec::from_json<Event>(line);
        if (auto* const start = std::get_if<SweepStart>(&event)) return std::move(*start);
        fail_damaged(file, 1, "it is not the start of a sweep");
    } catch (const core::InputError& error) {
        fail_damaged(file, 1, error.what());
    }
}

void require_current_version(const std::filesystem::path& file, const Replay& replay) {
    if (replay.version == journal_version) return;
    const std::string_view release = releases.at(static_cast<std::size_t>(replay.version - 1));
    throw core::UsageError({.path = file,
                            .got = std::to_string(replay.version),
                            .expected = std::to_string(journal_version),
                            .problem = concat("was written by msunet ", release),
                            .why = concat("its version is ", replay.version,
                                          ", this program resumes version ", journal_version),
                            .advice = concat("finish it with msunet ", release,
                                             ", use another -n or --resume never")});
}

bool process_runs(std::int64_t pid) {
    if (pid <= 0) return false;
    if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno != EPERM) return false;
    // A dead process whose parent doesn't ask for it (an init in a container) keeps its pid.
    std::ifstream file(concat("/proc/", pid, "/stat"));
    std::string text;
    std::getline(file, text);
    const auto end_of_name = text.rfind(')');
    return end_of_name == std::string::npos || !text.substr(end_of_name).starts_with(") Z");
}

std::optional<Owner> in_use_by(const SweepRecord& record, const Owner& self, double now,
                               const std::function<bool(std::int64_t)>& runs) {
    if (record.finished || record.starts.empty() || record.starts.back().stopped) {
        return std::nullopt;
    }
    if (now - record.last_event_at >= silence_seconds) return std::nullopt;
    const Owner& owner = record.owner;
    if (!self.slurm_job.empty() && owner.slurm_job == self.slurm_job) return std::nullopt;
    if (owner.host == self.host && (owner.pid == self.pid || !runs(owner.pid))) return std::nullopt;
    return owner;
}

}  // namespace msunet::record
