// SPDX-License-Identifier: Apache-2.0
/// \file
/// How often files are opened and how many bytes a process reads, as the kernel counts them.
#pragma once

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace msunet::test {

/// Counts how often any process opens the files of a folder.
class WatchedFolder {
public:
    explicit WatchedFolder(const std::filesystem::path& folder)
        : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        // Closings are watched so that no two equal events follow each other, which the kernel
        // joins.
        if (descriptor_ < 0 ||
            inotify_add_watch(descriptor_, folder.c_str(), IN_OPEN | IN_CLOSE_NOWRITE) < 0) {
            throw std::runtime_error("inotify: " + std::string(std::strerror(errno)));
        }
    }
    ~WatchedFolder() { close(descriptor_); }
    WatchedFolder(const WatchedFolder&) = delete;
    WatchedFolder& operator=(const WatchedFolder&) = delete;

    /// Openings by file name since the last call.
    std::map<std::string, int> openings() {
        std::map<std::string, int> counts;
        alignas(inotify_event) std::array<char, 1U << 16U> buffer{};
        while (true) {
            const ssize_t got = read(descriptor_, buffer.data(), buffer.size());
            if (got <= 0) return counts;
            for (ssize_t at = 0; at < got;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                const bool of_file = event->len > 0 && (event->mask & IN_ISDIR) == 0;
                if (of_file && (event->mask & IN_OPEN) != 0) ++counts[event->name];
                at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            }
        }
    }

private:
    int descriptor_;
};

/// Bytes that this process has read from files, pipes and sockets.
inline std::uint64_t bytes_read() {
    std::ifstream io("/proc/self/io");
    std::string name;
    std::uint64_t count = 0;
    while (io >> name >> count) {
        if (name == "rchar:") return count;
    }
    throw std::runtime_error("/proc/self/io says nothing of rchar");
}

}  // namespace msunet::test
