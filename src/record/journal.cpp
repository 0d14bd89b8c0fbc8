// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/fields.hpp"
#include "record/check.hpp"

namespace msunet::record {

namespace {

using Clock = std::chrono::steady_clock;

/// Lines are brought to the disk at most this often.
constexpr std::chrono::seconds sync_interval{1};

core::Problem taken_by(const Owner& owner, const std::filesystem::path& file,
                       std::string_view what) {
    return {.path = file,
            .problem = std::string(what),
            .why = core::concat("host ", core::quoted(owner.host), ", pid ", owner.pid),
            .advice = "wait until that start ends or use another experiment name"};
}

}  // namespace

struct Journal::Impl {
    /// `size`: the length that the file must have; `valid`: the length to which it is cut.
    Impl(std::filesystem::path journal, SweepRecord state, std::uint64_t size, std::uint64_t valid)
        : file(std::move(journal)), record(std::move(state)), bytes(valid) {
        descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        if (descriptor < 0) throw core::FileError("can't open", file, errno, core::ExitCode::usage);
        try {
            claim(size);
        } catch (...) {
            ::close(descriptor);
            throw;
        }
    }
    ~Impl() {
        if (!clean) ::fdatasync(descriptor);
        ::close(descriptor);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    /// Of two starts that both found the journal free, only one proceeds.
    void claim(std::uint64_t size) {
        // On a file system without locks only owner and heartbeat protect the journal.
        struct stat status {};
        const bool locked_by_other =
            ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (::fstat(descriptor, &status) != 0) throw core::FileError("can't read", file, errno);
        if (locked_by_other || static_cast<std::uint64_t>(status.st_size) != size) {
            throw core::UsageError(taken("is in use by another start"));
        }
        if (::ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
            throw core::FileError("can't write", file, errno);
        }
    }

    [[nodiscard]] core::Problem taken(std::string_view what) const {
        return taken_by(replay(file).record.owner, file, what);
    }

    /// While this process was suspended, its journal may have counted as free and another start may
    /// have written to it. Not a UsageError, which would count as a failure of the running trial.
    void check_sole_writer() const {
        struct stat status {};
        if (::fstat(descriptor, &status) != 0) throw core::FileError("can't read", file, errno);
        if (static_cast<std::uint64_t>(status.st_size) == bytes) return;
        throw core::Error(core::ExitCode::usage,
                          taken("was taken over by another start while this one was suspended"));
    }

    void write(std::string_view line) {
        check_sole_writer();
        const std::uint64_t whole = bytes + line.size();
        clean = false;
        while (!line.empty()) {
            const ssize_t written = ::write(descriptor, line.data(), line.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                const int error = errno;
                // No line may follow an incomplete one.
                if (::ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) damaged = true;
                throw core::FileError("can't write", file, error);
            }
            line.remove_prefix(static_cast<std::size_t>(written));
        }
        bytes = whole;
    }

    void sync() {
        if (clean) return;
        if (::fdatasync(descriptor) != 0) throw core::FileError("can't flush", file, errno);
        clean = true;
        synced_at = Clock::now();
    }

    void poll() {
        if (!clean && Clock::now() - synced_at >= sync_interval) sync();
    }

    std::filesystem::path file;
    SweepRecord record;
    std::uint64_t bytes = 0;
    int descriptor = -1;
    bool clean = true;
    bool damaged = false;
    Clock::time_point synced_at{};
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Journal Journal::create(const std::filesystem::path& file, const SweepStart& start) {
    SweepRecord record;
    update(record, start);
    // The first line is written completely or not at all: without it a folder is no experiment.
    const std::string line = codec::to_json(Event(start)) + "\n";
    core::AtomicFile first(file);
    first.write(line);
    if (!first.commit_new()) {
        throw core::UsageError(taken_by(replay(file).record.owner, file, "exists already"));
    }
    return Journal(std::make_unique<Impl>(file, std::move(record), line.size(), line.size()));
}

Journal Journal::open(const std::filesystem::path& file, Replay replay, const Resumed& resumed,
                      std::span<const TrialStarted> begins) {
    require_current_version(file, replay);
    Journal journal(std::make_unique<Impl>(file, std::move(replay.record), replay.read_bytes,
                                           replay.valid_bytes));
    for (const auto& begin : begins) journal.append(begin);
    journal.append(resumed);
    journal.sync();
    return journal;
}

void Journal::append(const Event& event) {
    core::fault_point("journal");
    if (impl_->damaged) {
        throw core::Error(core::ExitCode::failure, {.path = impl_->file,
                                                    .problem = "ends in half a line",
                                                    .why = "an earlier write failed",
                                                    .advice = "start the same command again"});
    }
    check(impl_->record, event);
    impl_->write(codec::to_json(event) + "\n");
    update(impl_->record, event);
    impl_->poll();
}

void Journal::poll() { impl_->poll(); }
void Journal::sync() { impl_->sync(); }
bool Journal::synced() const { return impl_->clean; }
const SweepRecord& Journal::record() const { return impl_->record; }

}  // namespace msunet::record
