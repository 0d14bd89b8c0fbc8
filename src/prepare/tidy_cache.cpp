// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include "prepare/cache.hpp"
#include "prepare/cache_key.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

using Time = fs::file_time_type;

constexpr std::size_t kept_files = 2;
constexpr std::chrono::hours abandoned_after{24};

struct Dated {
    fs::path path;
    Time time;
};

bool is_data_set(const std::string& name) {
    return name.starts_with("dataset_") && name.ends_with(".h5");
}

bool is_temporary(const std::string& name) {
    return name.starts_with(".dataset_") && name.ends_with(".tmp");
}

}  // namespace

void tidy_cache(const fs::path& file) {
    std::error_code error;
    fs::last_write_time(file, Time::clock::now(), error);
    std::vector<Dated> others;
    fs::directory_iterator entries(file.parent_path(), error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        std::error_code gone;
        const Time time = entries->last_write_time(gone);
        if (gone) continue;
        if (is_of_older_format(name)) {
            fs::remove(entries->path(), gone);
        } else if (is_data_set(name) && entries->path() != file) {
            others.push_back({entries->path(), time});
        } else if (is_temporary(name) && Time::clock::now() - time > abandoned_after) {
            fs::remove(entries->path(), gone);
        }
    }
    std::ranges::sort(others, std::ranges::greater(), &Dated::time);
    for (std::size_t i = kept_files - 1; i < others.size(); ++i) fs::remove(others[i].path, error);
}

}  // namespace msunet::prepare
