// SPDX-License-Identifier: Apache-2.0
#include <fstream>
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

double free_memory_bytes() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double kibibytes = 0;
        if (words >> name >> kibibytes && name == "MemAvailable:") return 1024 * kibibytes;
    }
    return 0;
}

}  // namespace msunet::bench
