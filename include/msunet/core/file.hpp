// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files that are there whole or not at all: written under a temporary name, flushed to the disk,
// renamed.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// A system call on a file failed. The message names path, reason and what to do (make room,
/// rights, other folder). Default exit code 1; the caller who knows that the path is the output
/// folder or an input gives its own.
class FileError : public Error {
public:
    /// `action` as in "can't write".
    FileError(std::string_view action, const std::filesystem::path& path, int error_number,
              ExitCode code = ExitCode::failure);
    ~FileError() override;
    FileError(const FileError&) = default;
    FileError& operator=(const FileError&) = default;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// errno of the call.
    [[nodiscard]] int error_number() const noexcept { return error_number_; }
    /// ENOSPC or EDQUOT.
    [[nodiscard]] bool disk_full() const noexcept;

private:
    std::filesystem::path path_;
    int error_number_;
};

/// Whether a write waits until the bytes are on the disk.
enum class Durability { synced, buffered };

/// A file that appears under its name only with commit(). Until then it has a name of its own in
/// the same folder (".<name>.<host>.<pid>.<count>.tmp"), removed by the destructor.
class AtomicFile {
public:
    /// Creates the temporary file. Throws FileError.
    explicit AtomicFile(std::filesystem::path final_path);
    ~AtomicFile();
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void write(std::string_view text);

    /// For libraries that write by path (HDF5, zip): they may replace the temporary file.
    [[nodiscard]] const std::filesystem::path& temporary_path() const { return temporary_; }
    [[nodiscard]] const std::filesystem::path& final_path() const { return final_; }

    /// Flushes the file (and its folder's entry), renames it over the final name. Throws FileError.
    void commit(Durability durability = Durability::synced);
    /// The same where no file of the final name may be replaced: false if there is one. Of several
    /// processes that try, one succeeds.
    [[nodiscard]] bool commit_new();

private:
    void close_and_sync(Durability durability);

    std::filesystem::path final_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// `bytes` under `path`, whole or not at all. Throws FileError.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                           Durability durability = Durability::synced);
void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           Durability durability = Durability::synced);

/// The whole file. Throws FileError.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Flushes a file or a folder's entries to the disk. Throws FileError.
void sync_path(const std::filesystem::path& path);

/// Makes the folder and those above it. Throws FileError.
void make_directories(const std::filesystem::path& path);

/// Makes exactly this folder; false if the name is taken. Throws FileError.
[[nodiscard]] bool make_directory_exclusive(const std::filesystem::path& path);

/// Host name, process id and a count: differs for every call in the world.
[[nodiscard]] std::string unique_suffix();

}  // namespace msunet::core
