// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

std::string advice(int error_number) {
    switch (error_number) {
        case ENOSPC:
        case EDQUOT:
            return "make room or choose another folder";
        case EROFS:
        case EACCES:
        case EPERM:
            return "choose another folder or ask for the right to use it";
        case ENOENT:
        case ENOTDIR:
            return "check the path";
        default:
            return "";
    }
}

Problem problem_of(std::string_view action, const std::filesystem::path& path, int error_number) {
    return {.path = path,
            .kind = std::string(action),
            .why = std::generic_category().message(error_number),
            .advice = advice(error_number)};
}

void sync_descriptor(int descriptor, const std::filesystem::path& path) {
    // Some file systems can't flush folders. The file itself is written: no error.
    if (::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) {
        throw FileError("can't flush", path, errno);
    }
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

FileError::FileError(std::string_view action, const std::filesystem::path& path, int error_number,
                     ExitCode code)
    : Error(code, problem_of(action, path, error_number)),
      path_(path),
      error_number_(error_number) {}
FileError::~FileError() = default;

std::string unique_suffix() {
    static std::atomic<unsigned> count{0};
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return concat(host.data(), ".", ::getpid(), ".", count.fetch_add(1));
}

AtomicFile::AtomicFile(std::filesystem::path final_path) : final_(std::move(final_path)) {
    temporary_ =
        folder_of(final_) / concat(".", final_.filename().string(), ".", unique_suffix(), ".tmp");
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw FileError("can't write", final_, errno);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : final_(std::move(other.final_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    fault_point("file_write");
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            throw FileError("can't write", final_, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::close_and_sync(Durability durability) {
    // Network file systems report a full disk only here.
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0) throw FileError("can't write", final_, errno);
    // By name: a library may have replaced the file.
    if (durability == Durability::synced) sync_path(temporary_);
}

bool AtomicFile::commit_new() {
    close_and_sync(Durability::synced);
    // A link, unlike a rename, replaces nothing.
    if (::link(temporary_.c_str(), final_.c_str()) != 0) {
        if (errno == EEXIST) return false;
        throw FileError("can't write", final_, errno);
    }
    ::unlink(temporary_.c_str());
    temporary_.clear();
    sync_path(folder_of(final_));
    return true;
}

void AtomicFile::commit(Durability durability) {
    close_and_sync(durability);
    if (::rename(temporary_.c_str(), final_.c_str()) != 0) {
        throw FileError("can't write", final_, errno);
    }
    temporary_.clear();
    if (durability == Durability::synced) sync_path(folder_of(final_));
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                           Durability durability) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit(durability);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           Durability durability) {
    write_file_atomically(path, std::as_bytes(std::span(text)), durability);
}

std::string read_file(const std::filesystem::path& path) {
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    if (!file) throw FileError("can't read", path, errno);
    std::string text;
    std::array<char, 65536> piece{};
    std::size_t got = 0;
    while ((got = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
        text.append(piece.data(), got);
    }
    if (std::ferror(file.get()) != 0) throw FileError("can't read", path, errno);
    return text;
}

void sync_path(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw FileError("can't open", path, errno);
    try {
        sync_descriptor(descriptor, path);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
}

void make_directories(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw FileError("can't make the folder", path, error.value());
}

bool make_directory_exclusive(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0777) == 0) return true;
    if (errno == EEXIST) return false;
    throw FileError("can't make the folder", path, errno);
}

}  // namespace msunet::core
