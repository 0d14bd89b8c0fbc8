// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "msunet/bench/machine.hpp"
#include "msunet/core/text.hpp"

namespace msunet::bench {
namespace {

namespace fs = std::filesystem;

struct Cache {
    int level;
    std::string type;
    std::string size;
    std::string shared;  ///< processors that share it
};

/// Files as Linux shows a processor's caches.
class Processors {
public:
    Processors() { fs::remove_all(folder_); }
    ~Processors() { fs::remove_all(folder_); }
    Processors(const Processors&) = delete;
    Processors& operator=(const Processors&) = delete;

    void add(int processor, const std::vector<Cache>& caches) const {
        for (std::size_t i = 0; i < caches.size(); ++i) {
            const auto cache =
                folder_ / core::concat("cpu", processor) / "cache" / core::concat("index", i);
            fs::create_directories(cache);
            std::ofstream(cache / "level") << caches[i].level << "\n";
            std::ofstream(cache / "type") << caches[i].type << "\n";
            std::ofstream(cache / "size") << caches[i].size << "\n";
            std::ofstream(cache / "shared_cpu_list") << caches[i].shared << "\n";
        }
        fs::create_directories(folder_ / "cpufreq");
    }
    [[nodiscard]] const fs::path& folder() const { return folder_; }

private:
    fs::path folder_ =
        fs::path(testing::TempDir()) / core::concat("msunet_processors_", ::getpid());
};

TEST(LastLevelCache, IsCountedOnceForTheProcessorsThatShareIt) {
    const Processors processors;
    const auto add = [&](int processor, const std::string& shared) {
        processors.add(processor, {{1, "Data", "48K", std::to_string(processor)},
                                   {1, "Instruction", "32K", std::to_string(processor)},
                                   {2, "Unified", "2048K", std::to_string(processor)},
                                   {3, "Unified", "32768K", shared}});
    };
    add(0, "0-1");
    add(1, "0-1");
    add(2, "2-3");
    add(3, "2-3");
    EXPECT_EQ(last_level_cache_bytes(processors.folder()), 2.0 * 32768 * 1024);
}

TEST(LastLevelCache, MayBeTheSecondLevel) {
    const Processors processors;
    processors.add(0, {{1, "Data", "64K", "0"}, {2, "Unified", "1M", "0-3"}});
    EXPECT_EQ(last_level_cache_bytes(processors.folder()), 1024.0 * 1024);
}

TEST(LastLevelCache, IsZeroWhereItIsUnknown) {
    EXPECT_EQ(last_level_cache_bytes("/nonexistent"), 0);
}

TEST(FreeMemory, IsKnownHere) {
    EXPECT_GT(free_memory_bytes(), 1e6);
    EXPECT_LT(free_memory_bytes(), 1e15);
    EXPECT_EQ(free_memory_bytes("/nonexistent"), 0);
}

/// A root folder with some of the files of Linux.
class Root {
public:
    Root() {
        fs::remove_all(folder_);
        write("proc/meminfo", "MemTotal:  9000 kB\nMemFree: 1 kB\nMemAvailable:    8000 kB\n");
    }
    ~Root() { fs::remove_all(folder_); }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;

    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((folder_ / file).parent_path());
        std::ofstream(folder_ / file) << text;
    }
    [[nodiscard]] double free() const { return free_memory_bytes(folder_); }

private:
    fs::path folder_ = fs::path(testing::TempDir()) / core::concat("msunet_root_", ::getpid());
};

TEST(FreeMemory, IsNoMoreThanTheLimitOfTheJob) {
    const Root root;
    EXPECT_EQ(root.free(), 8000 * 1024);
    root.write("proc/self/cgroup", "0::/slurm/job_1/step_0\n");
    root.write("sys/fs/cgroup/slurm/job_1/step_0/memory.max", "max\n");
    EXPECT_EQ(root.free(), 8000 * 1024);
    root.write("sys/fs/cgroup/slurm/job_1/memory.max", "4096000\n");
    EXPECT_EQ(root.free(), 4096000);
}

TEST(FreeMemory, HasTheLimitOfAContainer) {
    const Root root;
    root.write("proc/self/cgroup", "0::/\n");
    root.write("sys/fs/cgroup/memory.max", "4096000\n");
    EXPECT_EQ(root.free(), 4096000);
}

TEST(FreeMemory, HasALimitInTheOlderHierarchyToo) {
    const Root root;
    root.write("proc/self/cgroup", "12:cpuset:/\n9:memory:/slurm/job_1\n");
    root.write("sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_EQ(root.free(), 8000 * 1024);
    root.write("sys/fs/cgroup/memory/slurm/memory.limit_in_bytes", "4096000\n");
    EXPECT_EQ(root.free(), 4096000);
}

}  // namespace
}  // namespace msunet::bench
