// SPDX-License-Identifier: Apache-2.0
#include "find_accelerator.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "libtorch.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"

namespace msunet::app {

using core::concat;

namespace {

/// Of a driver for Linux, and of one for Windows as WSL2 passes it on; below the root.
constexpr const char* linux_driver = "dev/nvidiactl";
constexpr const char* wsl_device = "dev/dxg";
constexpr const char* wsl_library = "usr/lib/wsl/lib/libcuda.so.1";

/// The accelerator of the plug-in, or null and why there is none.
train::Accelerator* load_plugin(std::string& problem) {
    load_chosen_libtorch({"libc10_cuda.so", "libtorch_cuda.so"});
    void* library = dlopen(train::accelerator_library, RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
        problem = concat("a GPU is here but the GPU plug-in can't be loaded (", dlerror(),
                         "), build msunet with a libtorch for CUDA");
        return nullptr;
    }
    const auto entry =
        reinterpret_cast<train::AcceleratorEntry>(dlsym(library, train::accelerator_symbol));
    if (entry == nullptr) {
        problem = concat(train::accelerator_library,
                         " is of another version than the program, install both anew");
        return nullptr;
    }
    return entry(&problem);
}

/// Of this process alone.
train::Accelerator* look_for_accelerator(train::Device asked, std::string& problem) {
    if (asked == train::Device::cpu) return nullptr;
    if (driver_is_present()) return load_plugin(problem);
    const bool job_has_gpus = std::getenv("SLURM_GPUS_ON_NODE") != nullptr;
    if (job_has_gpus || asked == train::Device::gpu) {
        problem =
            concat(job_has_gpus ? "the job has GPUs but " : "", "no driver is here (neither /",
                   linux_driver, " nor, under WSL2, /", wsl_library,
                   " exists); a container needs them passed on (apptainer exec --nv)");
    }
    return nullptr;
}

}  // namespace

bool driver_is_present(const std::filesystem::path& root) {
    const auto exists = [&](const char* file) {
        std::error_code ignored;
        return std::filesystem::exists(root / file, ignored);
    };
    return exists(linux_driver) || (exists(wsl_device) && exists(wsl_library));
}

train::Accelerator* find_accelerator(train::Device asked, const comm::Communicator& world) {
    std::string problem;
    auto* const accelerator = look_for_accelerator(asked, problem);
    std::set<std::string> problems;
    for (auto& of_rank : world.all_gather(problem)) {
        if (!of_rank.empty()) problems.insert(of_rank);
    }
    for (const auto& text : problems) {
        if (asked == train::Device::gpu) {
            throw core::UsageError(concat("--device gpu: ", text, "; or give --device cpu"));
        }
        core::log::warn(concat(text, "; training runs on the CPU"));
    }
    return accelerator;
}

}  // namespace msunet::app
