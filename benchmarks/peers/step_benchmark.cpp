// SPDX-License-Identifier: Apache-2.0
// msunet's side of the training benchmark: the engine that trains trials, on samples from files,
// controlled over standard input.
//
//   step_benchmark X Y SAMPLES SIZE BATCH DROPOUT PRECISION THREADS
//
// X: SAMPLES x SIZE x SIZE float32, Y: as many bytes 0 or 1, both without a header. It prints
// "ready". For each line of input, which is a number of batches, it trains on that many, shuffled
// in each epoch, and prints the seconds that this took.

#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/train/step_engine.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::train {
namespace {

/// A data set with one slice per sample, so that each sample is one fixed patch.
data::Dataset read_samples(const std::string& x, const std::string& y, std::size_t samples,
                           std::size_t size) {
    const std::string voxels_text = core::read_file(x), masks_text = core::read_file(y);
    std::vector<float> voxels(samples * size * size);
    std::memcpy(voxels.data(), voxels_text.data(), voxels.size() * sizeof(float));
    const std::vector<std::uint8_t> masks(masks_text.begin(), masks_text.end());
    std::vector<data::Slice> slices(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto side = static_cast<std::uint32_t>(size);
        slices[i] = {.height = side, .width = side, .offset = i * size * size};
    }
    return data::Dataset::from_vectors({{.name = x}}, slices, voxels, masks);
}

/// Trains on one batch after another, over the ends of epochs.
class Training {
public:
    Training(const data::PatchIndex& index, std::int64_t batch, StepEngine& engine)
        : index_(index), batch_(static_cast<std::size_t>(batch)), engine_(engine) {}

    void train(std::int64_t batches) {
        for (std::int64_t i = 0; i < batches; ++i) {
            if (left_.empty()) {
                order_ = data::BatchSampler::shuffled(index_.training(), batch_, 1, 0, epoch_++);
                left_ = order_.order();
            }
            const auto part = left_.first(std::min(batch_, left_.size()));
            left_ = left_.subspan(part.size());
            engine_.train({.samples = part, .global = static_cast<std::int64_t>(part.size())},
                          step_++, 1e-3, 0);
        }
    }

private:
    const data::PatchIndex& index_;
    std::size_t batch_;
    StepEngine& engine_;
    data::BatchSampler order_ = data::BatchSampler::in_order({}, 1);
    std::span<const std::uint32_t> left_;
    std::uint64_t epoch_ = 0;
    std::int64_t step_ = 0;
};

int benchmark(const std::vector<std::string>& words) {
    const auto size = std::stoul(words[3]);
    const auto dataset = read_samples(words[0], words[1], std::stoul(words[2]), size);
    const data::PatchIndex index(dataset, {.fractional = false,
                                           .size = static_cast<std::int64_t>(size),
                                           .stride = static_cast<std::int64_t>(size)});
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = std::stol(words[4]);
    hyperparameters.dropout = std::stod(words[5]);
    const auto architecture = unet::published_architecture();
    const auto weights = unet::initial_weights(architecture, 1);
    const std::vector<float> sample_weights(index.size(), 1.0F);
    model::keep_freed_memory();
    model::set_threads(std::stoi(words[7]));
    const auto engine =
        make_cpu_engine({.architecture = architecture,
                         .dataset = dataset,
                         .index = index,
                         .hyperparameters = hyperparameters,
                         .start_weights = weights,
                         .sample_weights = sample_weights,
                         .precision = core::value_named<model::Precision>(words[6]).value(),
                         .dropout_key = model::dropout_key(1, 0)});
    Training training(index, hyperparameters.batch_size, *engine);
    std::cout << "ready\n" << std::flush;
    std::int64_t batches = 0;
    while (std::cin >> batches) {
        const double began = core::steady_seconds();
        training.train(batches);
        const double seconds = core::steady_seconds() - began;
        if (!engine->failure().empty()) {
            std::cerr << engine->failure() << '\n';
            return 1;
        }
        std::cout << core::concat(seconds, "\n") << std::flush;
    }
    return 0;
}

}  // namespace
}  // namespace msunet::train

int main(int argc, char** argv) {
    if (argc != 9) {
        std::cerr << "usage: step_benchmark X Y SAMPLES SIZE BATCH DROPOUT PRECISION THREADS\n";
        return 2;
    }
    return msunet::train::benchmark({argv + 1, argv + argc});
}
