// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/runtime.hpp"

#include <ATen/Parallel.h>
#include <c10/core/CPUAllocator.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <new>

namespace msunet::model {
namespace {

/// Memory by malloc. libtorch's own allocator calls posix_memalign, for which glibc looks for a
/// free block larger than the size: a freed tensor is not reused for another one of its size, and
/// the heap grows to twice the memory that a training step uses.
class ExactAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t bytes) override {
        std::size_t room = bytes + alignment;
        void* block = std::malloc(sizeof(void*) + room);
        if (block == nullptr) throw std::bad_alloc();
        // The address of the block is stored before the data.
        void* data = static_cast<void**>(block) + 1;
        std::align(alignment, bytes, data, room);
        static_cast<void**>(data)[-1] = block;
        return {data, data, &release, c10::DeviceType::CPU};
    }
    [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        std::memcpy(to, from, bytes);
    }

private:
    static constexpr std::size_t alignment = 64;

    static void release(void* data) { std::free(static_cast<void**>(data)[-1]); }
};

}  // namespace

void set_threads(int threads) { at::set_num_threads(threads); }

void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
    // Never. The largest int would mean 2 GiB, and steps with large batches free more than that.
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, 64 << 20);
    static ExactAllocator allocator;
    c10::SetCPUAllocator(&allocator);
}

void release_memory() { malloc_trim(0); }

std::int64_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return file ? resident * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace msunet::model
