// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/checkpoint.hpp"

#include <map>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/container.hpp"
#include "msunet/record/fields.hpp"
#include "msunet/train/trial_failure.hpp"

namespace msunet::train {

template <class Archive, codec::Is<EpochSums> T>
void fields(Archive& archive, T& sums) {
    archive("weighted_loss", sums.weighted_loss);
    archive("loss", sums.loss);
    archive("dice_coef", sums.dice_coef);
    archive("jaccard", sums.jaccard);
    archive("samples", sums.samples);
    archive("batches", sums.batches);
    archive("seconds", sums.seconds);
}

template <class Archive, codec::Is<Callbacks::State> T>
void fields(Archive& archive, T& state) {
    archive("plateau_factor", state.plateau_factor);
    archive("plateau_best", state.plateau_best);
    archive("plateau_wait", state.plateau_wait);
    archive("best", state.best);
    archive("best_epoch", state.best_epoch);
    archive("wait", state.wait);
}

template <class Archive, codec::Is<Progress> T>
void fields(Archive& archive, T& progress) {
    archive("epoch", progress.epoch);
    archive("step", progress.step);
    archive("sums", progress.sums);
    archive("history", progress.history);
    archive("modality", progress.modality);
    archive("callbacks", progress.callbacks);
    archive("ends", progress.ends);
}

template <class Archive, codec::Is<Checkpoint> T>
void fields(Archive& archive, T& checkpoint) {
    archive("trial", checkpoint.trial);
    archive("identity", checkpoint.identity);
    archive("network", checkpoint.network);
    archive("progress", checkpoint.progress);
    archive("iterations", checkpoint.iterations);
}

namespace {

using core::concat;
using core::quoted;

constexpr const char* format = "msunet checkpoint 4";

/// A tensor of the best weights without its values.
struct Shape {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// What the container's arrays are: array i of the engine is "engine.<i>", of the best weights
/// "best.<i>".
struct Contents {
    std::vector<std::string> engine;
    std::vector<Shape> best;
};

template <class Archive, codec::Is<Shape> T>
void fields(Archive& archive, T& tensor) {
    archive("name", tensor.name);
    archive("shape", tensor.shape);
}

template <class Archive, codec::Is<Contents> T>
void fields(Archive& archive, T& contents) {
    archive("engine", contents.engine);
    archive("best", contents.best);
}

std::string engine_array(std::size_t i) { return concat("engine.", i); }
std::string best_array(std::size_t i) { return concat("best.", i); }

Checkpoint decode(const h5::Container& container) {
    auto checkpoint = codec::from_json<Checkpoint>(container.text("checkpoint"));
    const auto contents = codec::from_json<Contents>(container.text("contents"));
    for (std::size_t i = 0; i < contents.engine.size(); ++i) {
        StateBuffer buffer{.name = contents.engine[i]};
        const auto array = container.arrays.find(engine_array(i));
        const bool is_double = array != container.arrays.end() &&
                               std::holds_alternative<std::vector<double>>(array->second);
        if (is_double) {
            buffer.doubles = container.doubles(array->first);
        } else {
            buffer.floats = container.floats(engine_array(i));
        }
        checkpoint.engine.push_back(std::move(buffer));
    }
    for (std::size_t i = 0; i < contents.best.size(); ++i) {
        checkpoint.progress.best_weights.push_back({.name = contents.best[i].name,
                                                    .shape = contents.best[i].shape,
                                                    .values = container.floats(best_array(i))});
    }
    return checkpoint;
}

}  // namespace

void EpochSums::add(const model::BatchSums& batch, std::int64_t count) {
    weighted_loss += batch.weighted_loss;
    loss += batch.loss;
    dice_coef += model::dice_coef(batch);
    jaccard += model::jaccard_similarity(batch);
    samples += count;
    ++batches;
}

void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint) {
    Contents contents;
    std::map<std::string, h5::ArrayView, std::less<>> arrays;
    for (const auto& buffer : checkpoint.engine) {
        const auto name = engine_array(contents.engine.size());
        if (buffer.doubles.empty()) {
            arrays.emplace(name, std::span<const float>(buffer.floats));
        } else {
            arrays.emplace(name, std::span<const double>(buffer.doubles));
        }
        contents.engine.push_back(buffer.name);
    }
    for (const auto& array : checkpoint.progress.best_weights) {
        arrays.emplace(best_array(contents.best.size()), std::span<const float>(array.values));
        contents.best.push_back({array.name, array.shape});
    }
    core::make_directories(file.parent_path());
    h5::write_container(file, arrays,
                        {{"format", format},
                         {"checkpoint", codec::to_json(checkpoint)},
                         {"contents", codec::to_json(contents)}});
}

std::variant<Checkpoint, UnusableCheckpoint> read_checkpoint(const std::filesystem::path& file) {
    const auto unusable = [&file](std::string_view reason) {
        return UnusableCheckpoint{
            concat("checkpoint ", quoted(file.string()), " can't be used (", reason, ")")};
    };
    try {
        const h5::Container container = h5::read_container(file);
        const auto& found = container.text("format");
        if (found != format) {
            return unusable(
                concat("it is a ", quoted(found), ", this version reads ", quoted(format)));
        }
        return decode(container);
    } catch (const std::exception& error) {
        return unusable(core::failure_text(error));
    }
}

}  // namespace msunet::train
