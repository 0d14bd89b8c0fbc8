// SPDX-License-Identifier: Apache-2.0
// The step engine on libtorch's CPU.

#include <ATen/ops/empty.h>
#include <ATen/record_function.h>
#include <sys/resource.h>

#include "msunet/core/fault.hpp"
#include "msunet/data/cut_batch.hpp"
#include "msunet/train/network_engine.hpp"
#include "msunet/train/training_batch.hpp"

namespace msunet::train {
namespace {

class CpuEngine final : public NetworkEngine {
public:
    explicit CpuEngine(const EngineSpec& spec) : NetworkEngine(spec, at::kCPU, nullptr, nullptr) {}

    StepOutcome train(const BatchPart& part, std::int64_t step, double lr,
                      std::int64_t status) override {
        RECORD_USER_SCOPE("msunet::step");
        begin(status);
        guarded([&] {
            core::fault_point("train.step");
            differentiate(cut_training(part), part, step);
        });
        reduce_gradients();
        collectives().sum_last(sums());
        const StepOutcome result = outcome();
        if (result.status < failed_status) {
            guarded([&] { update(lr); });
        }
        return result;
    }

    StepOutcome evaluate(const BatchPart& part, std::int64_t status) override {
        begin(status);
        guarded([&] {
            if (!part.samples.empty()) score(cut(part.samples), part);
        });
        collectives().sum_last(sums());
        return outcome();
    }

    [[nodiscard]] std::int64_t peak_memory() const override {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return std::int64_t{1024} * usage.ru_maxrss;
    }

private:
    void update(double lr) {
        RECORD_USER_SCOPE("msunet::optimizer");
        optimizer().step(lr);
    }

    Batch cut(std::span<const std::uint32_t> samples) override {
        return batch(samples, [&](float* x, float* y) {
            data::cut_batch(spec().dataset, spec().index, samples, x, y);
        });
    }

    Batch cut_training(const BatchPart& part) {
        return batch(part.samples,
                     [&](float* x, float* y) { cut_training_batch(spec(), part, x, y); });
    }

    /// `write` fills images and masks.
    template <class Write>
    Batch batch(std::span<const std::uint32_t> samples, const Write& write) {
        RECORD_USER_SCOPE("msunet::cut");
        const auto n = static_cast<std::int64_t>(samples.size());
        const std::int64_t height = spec().index.padded_height(),
                           width = spec().index.padded_width();
        at::Tensor x = at::empty({n, height, width}), y = at::empty({n, height, width});
        write(x.mutable_data_ptr<float>(), y.mutable_data_ptr<float>());
        at::Tensor weights = at::empty({n});
        for (std::int64_t i = 0; i < n; ++i) {
            weights.mutable_data_ptr<float>()[i] =
                spec().sample_weights[samples[static_cast<std::size_t>(i)]];
        }
        const auto type = master().dtype();
        return {x.to(type), y.to(type), weights.to(type)};
    }
};

}  // namespace

std::unique_ptr<StepEngine> make_cpu_engine(const EngineSpec& spec) {
    return std::make_unique<CpuEngine>(spec);
}

}  // namespace msunet::train
