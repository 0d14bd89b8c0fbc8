// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files that appear complete or not at all: written under a temporary name, flushed to the disk,
/// renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// A system call on a file failed. The message names the path, the reason and what to do. The exit
/// code is 1 unless the caller, who knows what the file is for, gives another.
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

private:
    std::filesystem::path path_;
    int error_number_;
};

/// Whether a write waits until the bytes are on the disk.
enum class Durability { synced, buffered };

/// A file that appears under its name only with commit(). Until then it lies in the same folder as
/// ".<name>.<host>.<pid>.<count>.tmp"; the destructor removes it.
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

    /// Flushes the file (and its folder's entry), renames it over the final name. Throws FileError.
    void commit(Durability durability = Durability::synced);
    /// As commit, but never replaces a file: returns false if the final name exists. Of several
    /// processes that try at once, exactly one succeeds.
    [[nodiscard]] bool commit_new();

private:
    void close_and_sync(Durability durability);

    std::filesystem::path final_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// Writes `path`, complete or not at all. Throws FileError.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                           Durability durability = Durability::synced);
void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           Durability durability = Durability::synced);

/// The content of a file. Throws FileError.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Flushes a file, or the entries of a folder, to the disk. Throws FileError.
void sync_path(const std::filesystem::path& path);

/// Creates the folder and its parents where they are missing. Throws FileError.
void make_directories(const std::filesystem::path& path);

/// Creates this folder; false if the name is taken. Throws FileError.
[[nodiscard]] bool make_directory_exclusive(const std::filesystem::path& path);

/// Host name, process id and a counter: no two calls on any rank give the same.
[[nodiscard]] std::string unique_suffix();

}  // namespace msunet::core
