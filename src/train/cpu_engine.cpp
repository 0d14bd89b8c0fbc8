// SPDX-License-Identifier: Apache-2.0
// The step engine on libtorch's CPU: cuts batches, runs the network, adds up over the group.

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <sys/resource.h>

#include <cmath>
#include <cstring>
#include <exception>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/data/cut_batch.hpp"
#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/model/optimizer.hpp"
#include "msunet/train/step_engine.hpp"
#include "msunet/unet/network.hpp"

namespace msunet::train {
namespace {

constexpr std::int64_t sum_count = 5;

std::vector<bool> trainable_layers(const unet::Hyperparameters& hyperparameters) {
    std::vector<bool> flags;
    for (const auto& layer : unet::layers()) {
        flags.push_back(unet::is_trainable(layer, hyperparameters));
    }
    return flags;
}

model::NetworkOptions network_options(const EngineSpec& spec) {
    return {.precision = spec.precision,
            .dropout = spec.hyperparameters.dropout,
            .trainable = trainable_layers(spec.hyperparameters),
            .sync_batch_norm = spec.sync_batch_norm};
}

StateBuffer to_host(std::string name, const at::Tensor& tensor) {
    StateBuffer buffer{.name = std::move(name)};
    const at::Tensor flat = tensor.reshape({-1}).contiguous();
    if (flat.scalar_type() == at::kDouble) {
        const auto* data = flat.const_data_ptr<double>();
        buffer.doubles.assign(data, data + flat.numel());
    } else {
        const auto* data = flat.const_data_ptr<float>();
        buffer.floats.assign(data, data + flat.numel());
    }
    return buffer;
}

template <class T>
void copy_in(const at::Tensor& tensor, const std::vector<T>& values) {
    at::Tensor host = at::empty(tensor.sizes(), at::CppTypeToScalarType<T>::value);
    std::memcpy(host.mutable_data_ptr<T>(), values.data(), values.size() * sizeof(T));
    tensor.copy_(host);
}

class CpuEngine final : public StepEngine {
public:
    explicit CpuEngine(const EngineSpec& spec)
        : spec_(spec),
          network_(network_options(spec), spec.start_weights),
          objective_(spec.hyperparameters.losses, spec.hyperparameters.final_activation),
          optimizer_(model::Optimizer::make(spec.hyperparameters.optimizer, network_.parameters())),
          collectives_(spec.reducer),
          type_(network_.master_options().dtype().toScalarType()) {}

    StepOutcome train(const BatchPart& part, std::int64_t step, double lr,
                      std::int64_t status) override {
        begin(status);
        at::Tensor sums = at::zeros({sum_count}, at::kDouble);
        guarded([&] {
            core::fault_point("train.step");
            const Batch batch = cut(part.samples);
            const at::Tensor logits = network_.forward(
                batch.x, {.dropout = {spec_.dropout_key, static_cast<std::uint32_t>(step)},
                          .first_sample = part.first,
                          .global_samples = part.global,
                          .collectives = &collectives_});
            const auto result =
                objective_.evaluate(logits, batch.y, batch.weights, part.global, true);
            network_.backward(result.gradient);
            sums.copy_(result.sums);
        });
        collectives_.drain(network_.schedule().size(), at::TensorOptions());
        if (network_.parameters().size() > 0) {
            collectives_.sum(network_.parameters().gradients());
        }
        agree_on_statistics();
        const StepOutcome outcome = finish(sums);
        if (outcome.status < failed_status) {
            guarded([&] { optimizer_->step(lr); });
        }
        return outcome;
    }

    StepOutcome evaluate(const BatchPart& part, std::int64_t status) override {
        begin(status);
        at::Tensor sums = at::zeros({sum_count}, at::kDouble);
        guarded([&] {
            if (part.samples.empty()) return;
            const Batch batch = cut(part.samples);
            sums.copy_(
                objective_
                    .evaluate(network_.infer(batch.x), batch.y, batch.weights, part.global, false)
                    .sums);
        });
        return finish(sums);
    }

    [[nodiscard]] std::string failure() const override { return failure_; }

    std::vector<float> bottleneck(std::span<const std::uint32_t> samples) override {
        std::vector<float> features;
        const auto batch_size = static_cast<std::size_t>(spec_.hyperparameters.batch_size);
        for (std::size_t i = 0; i < samples.size(); i += batch_size) {
            const auto part = samples.subspan(i, std::min(batch_size, samples.size() - i));
            const at::Tensor rows = network_.bottleneck(cut(part).x).to(at::kFloat).contiguous();
            const auto* data = rows.const_data_ptr<float>();
            features.insert(features.end(), data, data + rows.numel());
        }
        return features;
    }

    [[nodiscard]] std::vector<core::NamedArray> weights() const override {
        return network_.weights();
    }
    void load_weights(std::span<const core::NamedArray> weights) override {
        network_.load(weights);
    }

    [[nodiscard]] std::vector<StateBuffer> state() const override {
        std::vector<StateBuffer> buffers;
        for (const auto& [name, tensor] : tensors()) buffers.push_back(to_host(name, tensor));
        return buffers;
    }

    [[nodiscard]] std::int64_t iterations() const override { return optimizer_->iterations(); }

    void restore(std::span<const StateBuffer> state, std::int64_t iterations) override {
        for (const auto& [name, tensor] : tensors()) {
            const StateBuffer* found = nullptr;
            for (const auto& buffer : state) {
                if (buffer.name == name) found = &buffer;
            }
            const auto size = static_cast<std::size_t>(tensor.numel());
            if (found == nullptr ||
                (found->floats.size() != size && found->doubles.size() != size)) {
                throw core::InputError("the checkpoint does not fit the network: '" + name +
                                       "' is missing or of another size");
            }
            if (found->floats.size() == size) {
                copy_in(tensor, found->floats);
            } else {
                copy_in(tensor, found->doubles);
            }
        }
        optimizer_->set_iterations(iterations);
    }

    [[nodiscard]] std::int64_t peak_memory() const override {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return std::int64_t{1024} * usage.ru_maxrss;
    }

private:
    struct Batch {
        at::Tensor x, y, weights;
    };

    Batch cut(std::span<const std::uint32_t> samples) const {
        const auto n = static_cast<std::int64_t>(samples.size());
        const std::int64_t height = spec_.index.padded_height(), width = spec_.index.padded_width();
        at::Tensor x = at::empty({n, height, width}), y = at::empty({n, height, width});
        data::cut_batch(spec_.dataset, spec_.index, samples, x.mutable_data_ptr<float>(),
                        y.mutable_data_ptr<float>());
        at::Tensor weights = at::empty({n});
        for (std::int64_t i = 0; i < n; ++i) {
            weights.mutable_data_ptr<float>()[i] =
                spec_.sample_weights[samples[static_cast<std::size_t>(i)]];
        }
        return {x.to(type_), y.to(type_), weights.to(type_)};
    }

    void begin(std::int64_t status) {
        status_ = status;
        if (spec_.reducer != nullptr) spec_.reducer->clear();
        collectives_.begin(&network_.schedule());
        if (!failure_.empty()) raise(failed_status);
        raise(status);
    }

    void raise(std::int64_t status) {
        status_ = std::max(status_, status);
        if (spec_.reducer != nullptr) spec_.reducer->raise(status);
    }

    /// Runs this rank's part of a step. A failure is kept for the status, so that the others don't
    /// wait for a rank that left.
    template <class F>
    void guarded(F&& part) {
        if (!failure_.empty()) return;
        try {
            part();
        } catch (const std::bad_alloc&) {
            fail("out of memory");
        } catch (const std::exception& error) {
            fail(error.what());
        }
    }

    void fail(std::string reason) {
        // One line: what() of libtorch goes on with a stack trace.
        failure_ = reason.substr(0, reason.find('\n'));
        if (failure_.empty()) failure_ = "unknown failure";
        raise(failed_status);
    }

    /// Without synchronised batch normalisation the ranks' moving statistics would drift apart.
    void agree_on_statistics() {
        if (spec_.sync_batch_norm || !collectives_.active()) return;
        at::Tensor statistics = network_.moving_statistics();
        collectives_.sum(statistics);
        statistics.div_(static_cast<double>(collectives_.ranks()));
    }

    StepOutcome finish(const at::Tensor& sums) {
        collectives_.sum(sums);
        const auto* s = sums.const_data_ptr<double>();
        return {.sums = {.weighted_loss = s[0],
                         .loss = s[1],
                         .intersection = s[2],
                         .truth = s[3],
                         .prediction = s[4]},
                .status = spec_.reducer != nullptr ? spec_.reducer->status() : status_};
    }

    /// Everything that a checkpoint keeps.
    [[nodiscard]] std::vector<std::pair<std::string, at::Tensor>> tensors() const {
        std::vector<std::pair<std::string, at::Tensor>> all;
        if (network_.parameters().size() > 0) {
            all.emplace_back("values", network_.parameters().values());
        }
        all.emplace_back("moving_statistics", network_.moving_statistics());
        if (network_.parameters().size() > 0) {
            for (const auto& state : optimizer_->state()) {
                all.emplace_back("optimizer/" + state.name, state.tensor);
            }
        }
        return all;
    }

    EngineSpec spec_;
    model::Network network_;
    model::Objective objective_;
    std::unique_ptr<model::Optimizer> optimizer_;
    model::Collectives collectives_;
    at::ScalarType type_;
    std::int64_t status_ = 0;
    std::string failure_;
};

}  // namespace

std::unique_ptr<StepEngine> make_cpu_engine(const EngineSpec& spec) {
    return std::make_unique<CpuEngine>(spec);
}

}  // namespace msunet::train
