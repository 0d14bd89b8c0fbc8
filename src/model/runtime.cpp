// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/runtime.hpp"

#include <ATen/Parallel.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <limits>

namespace msunet::model {

void set_threads(int threads) { at::set_num_threads(threads); }

void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);
}

void release_memory() { malloc_trim(0); }

std::int64_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return file ? resident * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace msunet::model
