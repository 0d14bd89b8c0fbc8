// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "msunet/bench/machine.hpp"
#include "msunet/core/text.hpp"

namespace msunet::bench {

namespace fs = std::filesystem;

namespace {

/// The first word of a file; empty where it can't be read.
std::string word_in(const fs::path& file) {
    std::string word;
    std::ifstream(file) >> word;
    return word;
}

/// "266240K"
double size_in(const fs::path& file) {
    auto text = word_in(file);
    double unit = 1;
    if (text.ends_with('K')) unit = 1024;
    if (text.ends_with('M')) unit = 1024.0 * 1024;
    if (unit > 1) text.pop_back();
    return unit * core::to_double(text).value_or(0);
}

/// What the system has for programs; 0 where it is unknown.
double available_bytes(const fs::path& meminfo) {
    std::ifstream file(meminfo);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double kibibytes = 0;
        if (words >> name >> kibibytes && name == "MemAvailable:") return 1024 * kibibytes;
    }
    return 0;
}

/// The least limit of a control group and of those around it; infinite without any.
double group_limit_bytes(const fs::path& hierarchy, fs::path group, const char* file) {
    double least = std::numeric_limits<double>::infinity();
    for (;; group = group.parent_path()) {
        const auto limit = core::to_double(word_in(hierarchy / group / file));
        if (limit) least = std::min(least, *limit);
        if (group.empty()) return least;
    }
}

/// The limit of this process's control groups: of the unified hierarchy, or of the one for memory.
double job_limit_bytes(const fs::path& root) {
    const auto hierarchy = root / "sys" / "fs" / "cgroup";
    double least = std::numeric_limits<double>::infinity();
    std::ifstream file(root / "proc" / "self" / "cgroup");
    for (std::string line; std::getline(file, line);) {
        // "0::/slurm/job_12" or "9:memory:/slurm/job_12".
        const auto parts = core::split(line, ':');
        if (parts.size() != 3) continue;
        const fs::path group = fs::path(parts[2]).relative_path();
        if (parts[1].empty()) {
            least = std::min(least, group_limit_bytes(hierarchy, group, "memory.max"));
        } else if (parts[1] == "memory") {
            least = std::min(
                least, group_limit_bytes(hierarchy / "memory", group, "memory.limit_in_bytes"));
        }
    }
    return least;
}

}  // namespace

double last_level_cache_bytes(const fs::path& processors) {
    // By level and by the processors that share it.
    std::map<std::pair<std::int64_t, std::string>, double> caches;
    std::error_code error;
    for (const auto& processor : fs::directory_iterator(processors, error)) {
        std::error_code missing;
        for (const auto& cache : fs::directory_iterator(processor.path() / "cache", missing)) {
            const auto level = core::to_integer(word_in(cache.path() / "level"));
            if (!level || word_in(cache.path() / "type") == "Instruction") continue;
            caches[{*level, word_in(cache.path() / "shared_cpu_list")}] =
                size_in(cache.path() / "size");
        }
    }
    double bytes = 0;
    for (const auto& [key, size] : caches) {
        if (key.first == caches.rbegin()->first.first) bytes += size;
    }
    return bytes;
}

double free_memory_bytes(const fs::path& root) {
    const double free = available_bytes(root / "proc" / "meminfo");
    const double limit = job_limit_bytes(root);
    return free > 0 ? std::min(free, limit) : 0;
}

}  // namespace msunet::bench
