// SPDX-License-Identifier: Apache-2.0
#include "msunet/weights/start_model.hpp"

#include <span>
#include <utility>

#include "msunet/comm/on_root.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/unet/initializers.hpp"
#include "msunet/unet/keras_match.hpp"
#include "msunet/weights/model_file.hpp"

namespace msunet::weights {

namespace fs = std::filesystem;
using core::concat;

namespace {

constexpr const char* default_file = "start_models/rat_brain-2d_unet.hdf5";
constexpr const char* start_model_kind = "start model";

}  // namespace

std::string hash_of(std::span<const core::NamedArray> weights) {
    core::Hasher hasher;
    for (const auto& tensor : weights) {
        hasher.values(std::span<const float>(tensor.values));
    }
    return hasher.hex();
}

std::optional<fs::path> start_model_file(const std::optional<std::string>& path) {
    if (path == random_weights) return std::nullopt;
    if (path) return fs::path(*path);
    std::error_code ignored;
    if (fs::exists(default_file, ignored)) return fs::path(default_file);
    return std::nullopt;
}

std::string start_model_name(const std::optional<std::string>& path) {
    const auto file = start_model_file(path);
    return file ? file->string() : random_weights;
}

std::string start_weights_hash(const unet::Architecture& architecture,
                               const std::optional<std::string>& path, std::uint64_t seed) {
    const auto file = start_model_file(path);
    return hash_of(file ? read_matched_model(architecture, *file, start_model_kind).weights
                        : unet::initial_weights(architecture, seed));
}

MatchedFile read_matched_model(const unet::Architecture& architecture, const fs::path& file,
                               std::string_view kind) {
    MatchedFile read;
    read.file = read_model_file(file, kind);
    std::vector<core::Problem> problems;
    for (const auto& difference :
         unet::differences_from(architecture, read.file.model_config.value_or(""))) {
        problems.push_back(
            {.path = file,
             .kind = std::string(kind),
             .problem = concat("computes something else than the network: ", difference)});
    }
    if (!problems.empty()) throw core::InputError(problems);
    auto matched = h5::match_start_model(read.file, architecture.tensor_shapes(), file);
    if (!matched.renamed.empty()) {
        read.notice = concat("layers taken by order and shape; named otherwise: ",
                             core::join(std::span<const std::string>(matched.renamed)));
    }
    read.weights = std::move(matched.weights);
    return read;
}

void broadcast_weights(const unet::Architecture& architecture,
                       std::vector<core::NamedArray>& weights, const comm::Communicator& world) {
    if (!world.is_root()) weights = architecture.tensor_shapes();
    for (auto& tensor : weights) tensor.values = world.broadcast(std::move(tensor.values));
}

StartModel load_start_model(const unet::Architecture& architecture,
                            const std::optional<std::string>& path, std::uint64_t seed,
                            const comm::Communicator& world, std::int64_t repeats) {
    StartModel model{.architecture = architecture};
    bool drawn = false;
    model.origin = comm::on_root(world, [&] {
        const auto file = start_model_file(path);
        if (file) {
            auto read = read_matched_model(architecture, *file, start_model_kind);
            if (!read.notice.empty()) {
                model.notice =
                    concat(start_model_kind, " ", core::quoted(file->string()), ": ", read.notice);
            }
            model.weights = std::move(read.weights);
            return file->string();
        }
        if (path != random_weights) {
            model.notice = concat("no start model given and no ", default_file,
                                  " here: weights are drawn from seed ", seed);
        }
        model.weights = unet::initial_weights(architecture, seed);
        drawn = true;
        return concat("random, seed ", seed);
    });
    broadcast_weights(architecture, model.weights, world);
    model.hash = hash_of(model.weights);
    if (!world.any_of(drawn)) return model;
    for (std::int64_t repeat = 1; repeat < repeats; ++repeat) {
        auto& weights = model.of_repeats.emplace_back();
        if (world.is_root()) {
            weights =
                unet::initial_weights(architecture, seed + static_cast<std::uint64_t>(repeat));
        }
        broadcast_weights(architecture, weights, world);
    }
    return model;
}

void write_start_model(const unet::Architecture& architecture, const fs::path& file,
                       std::uint64_t seed) {
    h5::write_keras_weights(file, h5::group_by_layer(architecture.layer_names(),
                                                     unet::initial_weights(architecture, seed)));
}

}  // namespace msunet::weights
