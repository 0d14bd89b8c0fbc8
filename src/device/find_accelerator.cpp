// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/find_accelerator.hpp"

#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/rank_devices.hpp"
#include "msunet/job/libtorch.hpp"

namespace msunet::device {

using core::concat;

namespace {

/// Of a driver for Linux, and of one for Windows as WSL2 passes it on; below the root.
constexpr const char* linux_driver = "dev/nvidiactl";
constexpr const char* wsl_device = "dev/dxg";
constexpr const char* wsl_library = "usr/lib/wsl/lib/libcuda.so.1";

/// The accelerator of the plug-in, or null and why there is none.
train::Accelerator* load_plugin(std::string& problem) {
    try {
        job::load_chosen_libtorch({"libc10_cuda.so", "libtorch_cuda.so"});
    } catch (const core::UsageError& error) {
        problem = concat("a GPU is here but ", error.what(), ", name a libtorch for CUDA");
        return nullptr;
    }
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

/// Of this process alone. Never throws: the others would wait for it in MPI.
FoundAccelerator look_for_accelerator(core::Device asked, const AcceleratorSource& source,
                                      std::string& problem) {
    if (asked == core::Device::cpu) return {};
    try {
        auto* const accelerator = source(asked, problem);
        if (accelerator == nullptr) return {};
        auto devices = accelerator->devices();
        if (!devices.empty()) return {accelerator, std::move(devices)};
        problem = "the GPU plug-in shows no GPU, see whether nvidia-smi lists one";
    } catch (const std::exception& error) {
        problem = concat("a GPU is here but can't be used: ", core::failure_text(error),
                         ", see whether nvidia-smi lists it");
    }
    return {};
}

}  // namespace

bool driver_is_present(const std::filesystem::path& root) {
    const auto exists = [&](const char* file) {
        std::error_code ignored;
        return std::filesystem::exists(root / file, ignored);
    };
    return exists(linux_driver) || (exists(wsl_device) && exists(wsl_library));
}

train::Accelerator* load_accelerator(core::Device asked, std::string& problem,
                                     const std::filesystem::path& root) {
    if (driver_is_present(root)) return load_plugin(problem);
    const bool job_has_gpus = std::getenv("SLURM_GPUS_ON_NODE") != nullptr;
    if (job_has_gpus || asked == core::Device::gpu) {
        problem =
            concat(job_has_gpus ? "the job has GPUs but " : "", "no driver is here (neither /",
                   linux_driver, " nor, under WSL2, /", wsl_library,
                   " exists); a container needs the GPUs passed on (apptainer exec --nv)");
    }
    return nullptr;
}

AcceleratorSource installed_accelerator() {
    return [](core::Device asked, std::string& problem) {
        return load_accelerator(asked, problem, "/");
    };
}

FoundAccelerator find_accelerator(core::Device asked, const comm::NodeTopology& topology,
                                  const AcceleratorSource& source) {
    std::string problem;
    auto found = look_for_accelerator(asked, source, problem);
    const auto& world = topology.all();
    const auto problems = world.all_gather(problem);
    const auto have = world.all_gather(std::int64_t{found.accelerator != nullptr});
    std::vector<RankDevices> ranks;
    for (std::size_t rank = 0; rank < have.size(); ++rank) {
        const auto node = static_cast<std::size_t>(topology.node_of_rank()[rank]);
        ranks.push_back({topology.hosts()[node], have[rank] != 0, problems[rank]});
    }
    for (const auto& warning : device_warnings(asked, ranks)) core::log::warn(warning);
    return found;
}

}  // namespace msunet::device
