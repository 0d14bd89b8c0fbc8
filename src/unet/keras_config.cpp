// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/keras_config.hpp"

#include <nlohmann/json.hpp>

namespace msunet::unet {
namespace {

using Json = nlohmann::ordered_json;

Json side(std::optional<std::int64_t> length) { return length ? Json(*length) : Json(nullptr); }

Json base(const Layer& layer, const Hyperparameters& hyperparameters) {
    const bool trainable = !layer.has_weights() || is_trainable(layer, hyperparameters);
    return {{"name", layer.name}, {"trainable", trainable}, {"dtype", "float32"}};
}

Json initializer(std::string_view name, const Json& config) {
    return {{"class_name", name}, {"config", config}};
}

std::string activation_name(Activation activation, const Hyperparameters& hyperparameters) {
    switch (activation) {
        case Activation::relu:
            return "relu";
        case Activation::final:
            return hyperparameters.final_activation;
        case Activation::none:
            break;
    }
    return "linear";
}

// The keys of layers are those that every Keras since 2.2 has: an unknown one is an error there.
// The distribution "normal" is the truncated one in all of them.
Json convolution_config(const Layer& layer, const Hyperparameters& hyperparameters) {
    Json config = base(layer, hyperparameters);
    config.update(
        {{"filters", layer.out_channels},
         {"kernel_size", {layer.kernel, layer.kernel}},
         {"strides", {1, 1}},
         {"padding", "same"},
         {"data_format", "channels_last"},
         {"dilation_rate", {1, 1}},
         {"activation", activation_name(layer.activation, hyperparameters)},
         {"use_bias", true},
         {"kernel_initializer",
          initializer(
              "VarianceScaling",
              {{"scale", 2.0}, {"mode", "fan_in"}, {"distribution", "normal"}, {"seed", nullptr}})},
         {"bias_initializer", initializer("Zeros", Json::object())},
         {"kernel_regularizer", nullptr},
         {"bias_regularizer", nullptr},
         {"activity_regularizer", nullptr},
         {"kernel_constraint", nullptr},
         {"bias_constraint", nullptr}});
    return config;
}

/// Class and configuration of a layer, as Keras names them.
struct KerasLayer {
    const char* class_name;
    Json config;
};

KerasLayer keras_layer(const Layer& layer, const BatchNormConstants& batch_norm,
                       const Hyperparameters& hyperparameters, std::optional<std::int64_t> height,
                       std::optional<std::int64_t> width) {
    Json config = base(layer, hyperparameters);
    switch (layer.kind) {
        case LayerKind::input:
            return {
                "InputLayer",
                {{"batch_input_shape", {nullptr, side(height), side(width), layer.out_channels}},
                 {"dtype", "float32"},
                 {"sparse", false},
                 {"name", layer.name}}};
        case LayerKind::convolution:
            return {"Conv2D", convolution_config(layer, hyperparameters)};
        case LayerKind::batch_norm:
            config.update({{"axis", 3},
                           {"momentum", batch_norm.momentum},
                           {"epsilon", batch_norm.epsilon},
                           {"center", true},
                           {"scale", true}});
            return {"BatchNormalization", config};
        case LayerKind::max_pooling:
            config.update({{"pool_size", {2, 2}},
                           {"padding", "valid"},
                           {"strides", {2, 2}},
                           {"data_format", "channels_last"}});
            return {"MaxPooling2D", config};
        case LayerKind::up_sampling:
            config.update(
                {{"size", {2, 2}}, {"data_format", "channels_last"}, {"interpolation", "nearest"}});
            return {"UpSampling2D", config};
        case LayerKind::concatenation:
            config.update({{"axis", -1}});
            return {"Concatenate", config};
        case LayerKind::addition:
            return {"Add", config};
        case LayerKind::dropout:
            break;
    }
    config.update({{"rate", hyperparameters.dropout}, {"noise_shape", nullptr}, {"seed", nullptr}});
    return {"Dropout", config};
}

Json inputs_of(const Layer& layer, const std::vector<Layer>& layers) {
    Json nodes = Json::array();
    for (const std::size_t input : layer.inputs) {
        nodes.push_back(Json::array({layers[input].name, 0, 0, Json::object()}));
    }
    return nodes.empty() ? Json::array() : Json::array({nodes});
}

/// Element `i` of a shape such as [null, 128, 96, 1], if it is a number.
std::optional<std::int64_t> side_of(const Json& shape, std::size_t i) {
    if (!shape.is_array() || shape.size() <= i || !shape[i].is_number_integer()) return {};
    return shape[i].get<std::int64_t>();
}

}  // namespace

KerasModelFacts read_keras_model_json(std::string_view json) {
    KerasModelFacts facts;
    const Json model = Json::parse(json, nullptr, false);
    const Json::json_pointer path("/config/layers");
    if (model.is_discarded() || !model.contains(path)) return facts;
    for (const Json& layer : model[path]) {
        if (!layer.is_object() || !layer.contains("config")) continue;
        const Json& config = layer["config"];
        // Keras 3 says batch_shape.
        for (const char* name : {"batch_input_shape", "batch_shape"}) {
            if (facts.input_height || !config.contains(name)) continue;
            facts.input_height = side_of(config[name], 1);
            facts.input_width = side_of(config[name], 2);
        }
        if (config.contains("activation") && config["activation"].is_string()) {
            facts.final_activation = config["activation"].get<std::string>();
        }
    }
    return facts;
}

std::string keras_model_json(const Architecture& architecture,
                             const Hyperparameters& hyperparameters,
                             std::optional<std::int64_t> height,
                             std::optional<std::int64_t> width) {
    const auto& layers = architecture.layers();
    const Description& description = architecture.description();
    Json list = Json::array();
    for (const Layer& layer : layers) {
        KerasLayer keras =
            keras_layer(layer, description.batch_norm, hyperparameters, height, width);
        list.push_back(Json{{"class_name", keras.class_name},
                            {"config", std::move(keras.config)},
                            {"name", layer.name},
                            {"inbound_nodes", inputs_of(layer, layers)}});
    }
    const Layer& first = layers.front();
    const Layer& last = layers.back();
    // With module and without registered_name Keras 3 finds the class by its public name; the Keras
    // before it knows this class, but Functional only from TensorFlow 2.3.
    const Json model{{"module", "keras.models"},
                     {"class_name", "Model"},
                     {"registered_name", nullptr},
                     {"config",
                      {{"name", description.name},
                       {"trainable", true},
                       {"layers", std::move(list)},
                       {"input_layers", Json::array({Json::array({first.name, 0, 0})})},
                       {"output_layers", Json::array({Json::array({last.name, 0, 0})})}}},
                     {"keras_version", keras_version},
                     {"backend", "tensorflow"}};
    return model.dump();
}

}  // namespace msunet::unet
