// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "h5/handle.hpp"
#include "h5/image.hpp"
#include "h5/text.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"

namespace msunet::h5 {
namespace {

/// Version of the file format: of the Keras that writes the same.
constexpr const char* version = "2.15.0";
constexpr const char* backend = "tensorflow";

void write_weight(hid_t group, const core::NamedArray& weight) {
    // "conv1_1/kernel:0" is a path: the groups above the dataset come first.
    std::size_t slash = weight.name.find('/');
    for (; slash != std::string::npos; slash = weight.name.find('/', slash + 1)) {
        const std::string folder = weight.name.substr(0, slash);
        if (!has_link(group, folder)) {
            create_group(group, folder);
        }
    }
    const std::vector<hsize_t> extent(weight.shape.begin(), weight.shape.end());
    write_dataset(group, weight.name, H5T_IEEE_F32LE, extent, weight.values.data());
}

void write_layers(hid_t root, std::span<const KerasLayer> layers) {
    std::vector<std::string> names;
    for (const KerasLayer& layer : layers) {
        names.push_back(layer.name);
    }
    write_strings(root, "layer_names", names);
    write_text(root, "backend", backend);
    write_text(root, "keras_version", version);
    for (const KerasLayer& layer : layers) {
        const Handle group = create_group(root, layer.name);
        std::vector<std::string> weights;
        for (const core::NamedArray& weight : layer.weights) {
            weights.push_back(weight.name);
        }
        write_strings(group.get(), "weight_names", weights);
        for (const core::NamedArray& weight : layer.weights) {
            write_weight(group.get(), weight);
        }
    }
}

void write_attributes(hid_t root, const std::map<std::string, std::string>& attributes) {
    for (const auto& [name, text] : attributes) {
        if (!has_attribute(root, name)) {
            write_text(root, name, text);
        }
    }
}

}  // namespace

std::vector<KerasLayer> group_by_layer(std::span<const std::string> layer_names,
                                       std::span<const core::NamedArray> weights) {
    std::vector<KerasLayer> layers;
    std::unordered_map<std::string, std::size_t> index;
    for (const std::string& name : layer_names) {
        index.emplace(name, layers.size());
        layers.push_back({name, {}});
    }
    for (const core::NamedArray& weight : weights) {
        const auto found = index.find(weight.name.substr(0, weight.name.find('/')));
        if (found == index.end()) {
            throw core::Error(core::ExitCode::failure,
                              {.kind = "weight",
                               .key = weight.name,
                               .problem = "belongs to no layer of the network"});
        }
        layers[found->second].weights.push_back(weight);
    }
    return layers;
}

std::vector<std::byte> keras_weights_image(std::span<const KerasLayer> layers,
                                           const std::map<std::string, std::string>& attributes) {
    const Session session;
    const Handle file = create_in_memory();
    write_layers(file.get(), layers);
    write_attributes(file.get(), attributes);
    return image_of(file);
}

std::vector<std::byte> keras_model_image(std::span<const KerasLayer> layers,
                                         const std::string& model_config,
                                         const std::map<std::string, std::string>& attributes) {
    const Session session;
    const Handle file = create_in_memory();
    write_text(file.get(), "backend", backend);
    write_text(file.get(), "keras_version", version);
    write_text(file.get(), "model_config", model_config);
    write_attributes(file.get(), attributes);
    const Handle weights = create_group(file.get(), "model_weights");
    write_layers(weights.get(), layers);
    return image_of(file);
}

void write_keras_weights(const std::filesystem::path& file, std::span<const KerasLayer> layers,
                         const std::map<std::string, std::string>& attributes) {
    core::write_file_atomically(file, keras_weights_image(layers, attributes));
}

void write_keras_model(const std::filesystem::path& file, std::span<const KerasLayer> layers,
                       const std::string& model_config,
                       const std::map<std::string, std::string>& attributes) {
    core::write_file_atomically(file, keras_model_image(layers, model_config, attributes));
}

}  // namespace msunet::h5
