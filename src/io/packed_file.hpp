// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace msunet::io {

/// A file that appears complete or not at all, packed with gzip where its name ends in ".gz".
/// Failures are core::FileError.
class PackedFile {
public:
    explicit PackedFile(const std::filesystem::path& path);
    ~PackedFile();
    PackedFile(const PackedFile&) = delete;
    PackedFile& operator=(const PackedFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void commit();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::io
