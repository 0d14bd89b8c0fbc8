// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/environment.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/text.hpp"
#include "msunet/device/versions.hpp"
#include "msunet/h5/library.hpp"
#include "msunet/job/version.hpp"

namespace msunet::device {

namespace {

/// The command as it was typed, from the kernel.
std::vector<std::string> typed_command() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto words = core::split(text, '\0');
    if (!words.empty() && words.back().empty()) words.pop_back();
    return words;
}

}  // namespace

std::vector<report::Environment::Node> environment_nodes(
    const std::vector<sweep::Node>& nodes, const sweep::Placement& placement,
    const std::vector<std::string>& processors) {
    std::vector<report::Environment::Node> result;
    for (const auto& node : nodes) {
        auto& entry = result.emplace_back();
        entry.host = node.name;
        entry.processor = processors.at(result.size() - 1);
        entry.ranks = static_cast<int>(node.ranks.size());
        entry.cores = static_cast<int>(node.cores);
        for (const auto& device : sweep::distinct_devices(node)) {
            entry.devices.push_back({device.name, device.uuid, {}});
            for (const auto rank : node.ranks) {
                const auto& slot = placement.slots[static_cast<std::size_t>(rank)];
                if (slot.uuid == device.uuid) entry.devices.back().ranks.push_back(rank);
            }
        }
    }
    return result;
}

report::Environment describe_environment(const std::vector<sweep::Node>& nodes,
                                         const sweep::Placement& placement,
                                         const Compute& compute) {
    const auto accelerator = compute.accelerator_versions();
    report::Environment environment;
    environment.versions = {{"msunet", std::string(job::version())},
                            {"commit", std::string(job::commit())},
                            {"compiler", __VERSION__},
                            {"mpi", mpi_version()},
                            {"libtorch", libtorch_version()},
                            {"itk", itk_version()},
                            {"onednn", onednn_version()},
                            {"mkl", mkl_version()},
                            {"boost", boost_version()},
                            {"glibc", glibc_version()},
                            {"hdf5", h5::library_version()}};
    const auto add_version = [&](const char* name, auto member) {
        environment.versions.emplace_back(
            name, accelerator ? std::optional((*accelerator).*member) : std::nullopt);
    };
    add_version("cuda", &train::AcceleratorVersions::cuda);
    add_version("cudnn", &train::AcceleratorVersions::cudnn);
    add_version("nccl", &train::AcceleratorVersions::nccl);
    add_version("driver", &train::AcceleratorVersions::driver);
    environment.command = typed_command();
    environment.nodes = environment_nodes(nodes, placement, compute.processors());
    environment.ranks = static_cast<int>(placement.slots.size());
    return environment;
}

}  // namespace msunet::device
