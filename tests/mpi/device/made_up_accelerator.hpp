// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/gpu.hpp"
#include "msunet/device/find_accelerator.hpp"
#include "msunet/model/network.hpp"
#include "msunet/train/accelerator.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::test {

/// Shows these GPUs and remembers which one was chosen, how many engines were made, and networks of
/// which precision. They compute on the CPU.
class MadeUpAccelerator final : public train::Accelerator {
public:
    explicit MadeUpAccelerator(std::vector<core::Gpu> devices) : devices_(std::move(devices)) {}
    /// Of GPUs with the same name.
    explicit MadeUpAccelerator(const std::vector<std::string>& uuids) {
        for (const auto& uuid : uuids) devices_.push_back({uuid, "NVIDIA H200 MIG 1g.18gb"});
    }
    /// One whose GPU does not answer.
    static MadeUpAccelerator sick() {
        MadeUpAccelerator accelerator(std::vector<core::Gpu>{});
        accelerator.is_sick_ = true;
        return accelerator;
    }

    /// One whose networks don't fit: libtorch says so, or a call of ours.
    static MadeUpAccelerator full(bool is_ours, const std::string& uuid = "GPU-a") {
        MadeUpAccelerator accelerator(std::vector<std::string>{uuid});
        accelerator.lacks_memory_ = true;
        accelerator.is_failure_ours_ = is_ours;
        return accelerator;
    }

    [[nodiscard]] std::vector<core::Gpu> devices() const override {
        if (is_sick_) throw core::Error(core::ExitCode::failure, "CUDA failed (unknown error)");
        return devices_;
    }
    [[nodiscard]] train::AcceleratorVersions versions() const override { return {}; }
    void select(int device) override {
        chosen_ = devices_.at(static_cast<std::size_t>(device)).uuid;
    }
    /// Each engine that was made since the last release takes 30 of 100 bytes.
    [[nodiscard]] std::int64_t free_memory() const override {
        return 100 - 30 * (engines_ - released_);
    }
    void release_memory() override { released_ = engines_; }
    [[nodiscard]] std::unique_ptr<comm::AllReducer> make_reducer(
        const comm::Communicator& group) override {
        return std::make_unique<comm::MpiAllReducer>(group);
    }
    [[nodiscard]] train::EngineFactory engine_factory() override {
        return [this](const train::EngineSpec& spec) {
            if (lacks_memory_) throw std::runtime_error("CUDA out of memory. Tried 20.00 GiB");
            ++engines_;
            return train::make_cpu_engine(spec);
        };
    }

    [[nodiscard]] std::unique_ptr<model::Network> inference_network(
        const unet::Architecture& architecture, std::span<const core::NamedArray> weights,
        model::Precision precision) override {
        precisions_.push_back(precision);
        if (lacks_memory_ && is_failure_ours_) {
            throw core::Error(core::ExitCode::failure,
                              "CUDA failed loading the kernels (out of memory)");
        }
        if (lacks_memory_) throw std::runtime_error("CUDA out of memory. Tried 20.00 GiB\n#1 at");
        return model::make_inference_network({.architecture = architecture,
                                              .options = {.precision = precision},
                                              .weights = weights});
    }

    /// UUID; empty where none was chosen.
    [[nodiscard]] const std::string& chosen() const { return chosen_; }
    [[nodiscard]] std::int64_t engines() const { return engines_; }
    /// Of the networks, in the order in which they were made.
    [[nodiscard]] const std::vector<model::Precision>& precisions() const { return precisions_; }

private:
    std::vector<core::Gpu> devices_;
    std::string chosen_;
    std::int64_t engines_ = 0, released_ = 0;
    std::vector<model::Precision> precisions_;
    bool is_sick_ = false, lacks_memory_ = false, is_failure_ours_ = false;
};

/// Where a program finds this accelerator; null: nowhere.
inline device::AcceleratorSource source_of(train::Accelerator* accelerator) {
    return [accelerator](core::Device, std::string&) { return accelerator; };
}

}  // namespace msunet::test
