// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/checkpoint.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/h5/container.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::train {
namespace {

constexpr const char* format = "msunet checkpoint 1";
constexpr std::string_view engine_prefix = "engine.";
constexpr std::string_view best_prefix = "best.";

/// Names of a container are free of '/'.
std::string container_name(std::string_view prefix, std::string name) {
    std::replace(name.begin(), name.end(), '/', '|');
    return std::string(prefix) + name;
}

std::string engine_name(std::string_view name) {
    std::string text(name.substr(engine_prefix.size()));
    std::replace(text.begin(), text.end(), '|', '/');
    return text;
}

std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void EpochSums::add(const model::BatchSums& batch, std::int64_t count) {
    weighted_loss += batch.weighted_loss;
    loss += batch.loss;
    dice_coef += model::dice_coef(batch);
    jaccard += model::jaccard_similarity(batch);
    samples += count;
    ++batches;
}

void write_checkpoint(const std::filesystem::path& file, const Checkpoint& c) {
    const std::vector<std::uint64_t> counts{c.trial,
                                            unsigned_of(c.epoch),
                                            unsigned_of(c.step),
                                            unsigned_of(c.iterations),
                                            unsigned_of(c.sums.samples),
                                            unsigned_of(c.sums.batches),
                                            unsigned_of(c.callbacks.plateau_wait),
                                            unsigned_of(c.callbacks.best_epoch),
                                            unsigned_of(c.callbacks.wait),
                                            c.ended ? 1U : 0U};
    const std::vector<double> numbers{c.sums.weighted_loss,     c.sums.loss,
                                      c.sums.dice_coef,         c.sums.jaccard,
                                      c.sums.seconds,           c.callbacks.plateau_factor,
                                      c.callbacks.plateau_best, c.callbacks.best};
    record::TrialResult past;
    past.trial = c.trial;
    past.history = c.history;
    past.modality = c.modality;

    std::map<std::string, h5::ArrayView, std::less<>> arrays{
        {"counts", std::span<const std::uint64_t>(counts)},
        {"numbers", std::span<const double>(numbers)}};
    for (const auto& buffer : c.engine) {
        const std::string name = container_name(engine_prefix, buffer.name);
        if (buffer.doubles.empty()) {
            arrays.emplace(name, std::span<const float>(buffer.floats));
        } else {
            arrays.emplace(name, std::span<const double>(buffer.doubles));
        }
    }
    for (const auto& array : c.best_weights) {
        arrays.emplace(container_name(best_prefix, array.name),
                       std::span<const float>(array.values));
    }
    core::make_directories(file.parent_path());
    h5::write_container(
        file, arrays,
        {{"format", format}, {"identity", c.identity}, {"past", codec::to_json(past)}});
}

Checkpoint read_checkpoint(const std::filesystem::path& file,
                           std::span<const core::NamedArray> tensors) {
    const h5::Container container = h5::read_container(file);
    if (container.text("format") != format) {
        throw core::InputError("'" + file.string() + "' is no checkpoint of this version");
    }
    const auto& counts = container.integers("counts");
    const auto& numbers = container.doubles("numbers");
    if (counts.size() != 10 || numbers.size() != 8) {
        throw core::InputError("'" + file.string() + "' is no checkpoint of this version");
    }
    Checkpoint c;
    c.trial = counts[0];
    c.epoch = signed_of(counts[1]);
    c.step = signed_of(counts[2]);
    c.iterations = signed_of(counts[3]);
    c.sums = {.weighted_loss = numbers[0],
              .loss = numbers[1],
              .dice_coef = numbers[2],
              .jaccard = numbers[3],
              .samples = signed_of(counts[4]),
              .batches = signed_of(counts[5]),
              .seconds = numbers[4]};
    c.callbacks = {.plateau_factor = numbers[5],
                   .plateau_best = numbers[6],
                   .plateau_wait = signed_of(counts[6]),
                   .best = numbers[7],
                   .best_epoch = signed_of(counts[7]),
                   .wait = signed_of(counts[8])};
    c.ended = counts[9] != 0;
    c.identity = container.text("identity");
    auto past = codec::from_json<record::TrialResult>(container.text("past"));
    c.history = std::move(past.history);
    c.modality = std::move(past.modality);
    for (const auto& [name, array] : container.arrays) {
        if (!name.starts_with(engine_prefix)) continue;
        StateBuffer buffer{.name = engine_name(name)};
        if (const auto* floats = std::get_if<std::vector<float>>(&array)) buffer.floats = *floats;
        if (const auto* doubles = std::get_if<std::vector<double>>(&array)) {
            buffer.doubles = *doubles;
        }
        c.engine.push_back(std::move(buffer));
    }
    if (container.arrays.contains(container_name(best_prefix, tensors.front().name))) {
        c.best_weights.assign(tensors.begin(), tensors.end());
        for (auto& array : c.best_weights) {
            array.values = container.floats(container_name(best_prefix, array.name));
        }
    }
    return c;
}

}  // namespace msunet::train
