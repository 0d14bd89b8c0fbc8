// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "prepare/cache.hpp"
#include "prepare/cache_key.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

using Time = fs::file_time_type;

/// Kept however old they are, with the one in use.
constexpr std::size_t kept_files = 2;
constexpr int unused_days = 14;
constexpr std::chrono::hours unused_after{24 * unused_days};
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

/// Deletes those that nobody has used for long.
void delete_unused(std::vector<Dated> others, const fs::path& folder) {
    std::ranges::sort(others, std::ranges::greater(), &Dated::time);
    const Time last_use = Time::clock::now() - unused_after;
    std::int64_t deleted = 0;
    for (std::size_t i = kept_files - 1; i < others.size(); ++i) {
        std::error_code error;
        if (others[i].time < last_use && fs::remove(others[i].path, error)) ++deleted;
    }
    if (deleted == 0) return;
    core::log::info(core::concat("deleted ", core::counted(deleted, "data set"), " in ",
                                 core::quoted(folder.string()), ", not used for ", unused_days,
                                 " days"));
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
    delete_unused(std::move(others), file.parent_path());
}

}  // namespace msunet::prepare
