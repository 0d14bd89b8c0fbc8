// SPDX-License-Identifier: Apache-2.0
/// \file
/// The hashes of files that were read before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace msunet::prepare {

/// Size and times of a file: equal for a file that has not changed.
struct FileState {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    std::int64_t changed = 0;   ///< of the inode: a copied modification time doesn't hide a change
    friend bool operator==(const FileState&, const FileState&) = default;
};

/// The state of a file; nothing if it can't be found out.
[[nodiscard]] std::optional<FileState> state_of(const std::filesystem::path& file);

/// Hashes by absolute path. As text: one file a line, "hash size modified changed path".
class HashIndex {
public:
    HashIndex() = default;
    /// Lines that can't be parsed are left out: their files are hashed again.
    explicit HashIndex(std::string_view text);

    [[nodiscard]] std::optional<std::string> find(const std::string& path,
                                                  const FileState& state) const;
    /// Ignored where the path contains a line end.
    void remember(const std::string& path, const FileState& state, const std::string& hash);
    [[nodiscard]] std::string text() const;

private:
    struct Entry {
        FileState state;
        std::string hash;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace msunet::prepare
