// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/json.hpp"
#include "record/check.hpp"

namespace msunet::record {

namespace {

using Clock = std::chrono::steady_clock;

/// The disk is asked to keep what was written at most so often.
constexpr std::chrono::seconds sync_interval{1};

}  // namespace

struct Journal::Impl {
    Impl(std::filesystem::path journal, SweepRecord state, std::uint64_t size)
        : file(std::move(journal)), record(std::move(state)), bytes(size) {
        descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        if (descriptor < 0) throw core::FileError("can't open", file, errno, core::ExitCode::usage);
        if (::ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
            const int error = errno;
            ::close(descriptor);
            throw core::FileError("can't write", file, error);
        }
    }
    ~Impl() {
        if (!clean) ::fdatasync(descriptor);
        ::close(descriptor);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void write(std::string_view line) {
        const std::uint64_t whole = bytes + line.size();
        clean = false;
        while (!line.empty()) {
            const ssize_t written = ::write(descriptor, line.data(), line.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                const int error = errno;
                // A line that is not whole must not be followed by another.
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
    if (std::filesystem::exists(file)) {
        throw core::UsageError(core::concat(core::quoted(file.string()),
                                            " exists already, use another experiment name"));
    }
    SweepRecord record;
    update(record, start);
    // The first line is there whole or not at all: without it a folder is no experiment.
    const std::string line = to_json(start) + "\n";
    core::write_file_atomically(file, line);
    return Journal(std::make_unique<Impl>(file, std::move(record), line.size()));
}

Journal Journal::open(const std::filesystem::path& file, Replay replay, const Resumed& resumed) {
    Journal journal(std::make_unique<Impl>(file, std::move(replay.record), replay.valid_bytes));
    journal.append(resumed);
    journal.sync();
    return journal;
}

void Journal::append(const Event& event) {
    core::fault_point("journal");
    if (impl_->damaged) {
        throw core::Error(core::ExitCode::failure,
                          core::concat(core::quoted(impl_->file.string()),
                                       " ends in half a line (an earlier write failed), start the "
                                       "same command again"));
    }
    check(impl_->record, event);
    impl_->write(to_json(event) + "\n");
    update(impl_->record, event);
    impl_->poll();
}

void Journal::poll() { impl_->poll(); }
void Journal::sync() { impl_->sync(); }
bool Journal::synced() const { return impl_->clean; }
const SweepRecord& Journal::record() const { return impl_->record; }

}  // namespace msunet::record
