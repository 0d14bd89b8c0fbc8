// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace msunet::io {

/// The bytes of a file from front to end, unpacked if it is a .gz file, hashed as they stand in the
/// file. Opened once; no byte is read twice. Failures are core::InputError with one problem.
class UnpackedBytes {
public:
    /// Opens the file. It must be packed exactly if its name ends in .gz.
    explicit UnpackedBytes(const std::filesystem::path& path);
    ~UnpackedBytes();
    UnpackedBytes(const UnpackedBytes&) = delete;
    UnpackedBytes& operator=(const UnpackedBytes&) = delete;

    [[nodiscard]] bool is_packed() const;
    /// Length of the file as it stands.
    [[nodiscard]] std::uint64_t file_bytes() const;
    /// Unpacked bytes so far.
    [[nodiscard]] std::uint64_t position() const;

    /// The next bytes; fewer than asked for only at the end.
    std::size_t read(std::span<std::byte> out);
    /// Reads and drops the next `count` bytes, or what is left. A file that isn't packed and whose
    /// hash nobody asks for (`hashed` false) is not read here.
    void skip(std::uint64_t count, bool hashed);
    /// Reads the rest of the file as it stands. The hash of all its bytes.
    std::string finish_hash();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::io
