// SPDX-License-Identifier: Apache-2.0
// keras_files_tool write FOLDER: files for Keras to read, and the same weights as plain floats.
// keras_files_tool read FILE FLOATS: a Keras file matched to the network, as plain floats.
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "msunet/h5/start_model.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/initializers.hpp"
#include "msunet/unet/keras_config.hpp"
#include "msunet/unet/names.hpp"

namespace {

namespace fs = std::filesystem;
using msunet::core::NamedArray;

constexpr std::uint64_t seed = 11;

void write_floats(const fs::path& file, const std::vector<NamedArray>& weights) {
    std::ofstream out(file, std::ios::binary);
    for (const NamedArray& weight : weights) {
        out.write(reinterpret_cast<const char*>(weight.values.data()),
                  static_cast<std::streamsize>(weight.values.size() * sizeof(float)));
    }
}

/// Hyperparameters that change the configuration.
msunet::unet::Hyperparameters unusual() {
    msunet::unet::Hyperparameters h;
    h.dropout = 0.25;
    h.which_layer = 5;
    h.contracting_batch_norm_trainable = false;
    h.score_trainable = false;
    return h;
}

void write_files(const fs::path& folder) {
    const auto architecture = msunet::unet::published_architecture();
    const auto weights = msunet::unet::initial_weights(architecture, seed);
    const auto names = architecture.layer_names();
    const auto layers = msunet::h5::group_by_layer(names, weights);
    const std::map<std::string, std::string> ours{{"msunet_target_size", "64"}};
    msunet::h5::write_keras_model(folder / "model.hdf5", layers,
                                  msunet::unet::keras_model_json(architecture, {}, 64, 64), ours);
    msunet::h5::write_keras_model(folder / "free.hdf5", layers,
                                  msunet::unet::keras_model_json(architecture, unusual(), {}, {}));
    msunet::h5::write_keras_weights(folder / "weights.h5", layers, ours);
    std::ofstream(folder / "model.json")
        << msunet::unet::keras_model_json(architecture, {}, 64, 64);
    std::ofstream trainable(folder / "trainable.txt");
    const auto trains = architecture.trainable_layers(unusual());
    for (const auto& tensor : architecture.tensors()) {
        if (trains[tensor.layer] && !tensor.statistic) {
            trainable << tensor.name << '\n';
        }
    }
    for (const std::string_view name : msunet::unet::activation_names()) {
        msunet::unet::Hyperparameters h;
        h.final_activation = name;
        std::ofstream(folder / ("activation_" + std::string(name) + ".json"))
            << msunet::unet::keras_model_json(architecture, h, 16, 16);
    }
    write_floats(folder / "weights.bin", weights);
}

void read_file(const fs::path& file, const fs::path& floats) {
    const auto model = msunet::h5::read_keras_file(file);
    const auto matched = msunet::h5::match_start_model(
        model, msunet::unet::published_architecture().tensor_shapes(), file);
    write_floats(floats, matched.weights);
    std::cout << matched.renamed.size() << " renamed\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        if (arguments.size() == 2 && arguments[0] == "write") {
            write_files(arguments[1]);
            return 0;
        }
        if (arguments.size() == 3 && arguments[0] == "read") {
            read_file(arguments[1], arguments[2]);
            return 0;
        }
        std::cerr << "usage: keras_files_tool write FOLDER | read FILE FLOATS\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
