// SPDX-License-Identifier: Apache-2.0
#include "prepare/hash_index.hpp"

#include <sys/stat.h>

#include <sstream>

#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;

std::int64_t in_nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * nanoseconds + time.tv_nsec;
}

}  // namespace

std::optional<FileState> state_of(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return std::nullopt;
    return FileState{.size = static_cast<std::uint64_t>(status.st_size),
                     .modified = in_nanoseconds(status.st_mtim),
                     .changed = in_nanoseconds(status.st_ctim)};
}

HashIndex::HashIndex(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        Entry entry;
        std::string path;
        fields >> entry.hash >> entry.state.size >> entry.state.modified >> entry.state.changed;
        if (fields.get() == ' ' && std::getline(fields, path)) entries_[path] = entry;
    }
}

std::optional<std::string> HashIndex::find(const std::string& path, const FileState& state) const {
    const auto entry = entries_.find(path);
    if (entry == entries_.end() || entry->second.state != state) return std::nullopt;
    return entry->second.hash;
}

void HashIndex::remember(const std::string& path, const FileState& state, const std::string& hash) {
    if (path.find('\n') != std::string::npos) return;
    entries_[path] = {.state = state, .hash = hash};
}

std::string HashIndex::text() const {
    std::string text;
    for (const auto& [path, entry] : entries_) {
        text += core::concat(entry.hash, ' ', entry.state.size, ' ', entry.state.modified, ' ',
                             entry.state.changed, ' ', path, '\n');
    }
    return text;
}

}  // namespace msunet::prepare
