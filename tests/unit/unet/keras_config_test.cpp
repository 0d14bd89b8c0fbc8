// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/keras_config.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "msunet/h5/keras_file.hpp"
#include "support/reference.hpp"

namespace msunet::unet {
namespace {

using nlohmann::json;

const Architecture& architecture() {
    static const Architecture published = published_architecture();
    return published;
}

const json& layer_of(const json& model, std::string_view name) {
    for (const json& each : model.at("config").at("layers")) {
        if (each.at("name") == name) {
            return each;
        }
    }
    throw std::out_of_range(std::string(name));
}

TEST(KerasConfig, CarriesTheHyperparameters) {
    Hyperparameters h;
    h.dropout = 0.25;
    h.final_activation = "tanh";
    h.score_trainable = false;
    h.which_layer = 2;
    const json model = json::parse(keras_model_json(architecture(), h, 64, std::nullopt));
    EXPECT_EQ(layer_of(model, "input_1").at("config").at("batch_input_shape"),
              json::parse("[null, 64, null, 1]"));
    EXPECT_EQ(layer_of(model, "drop7").at("config").at("rate"), 0.25);
    EXPECT_EQ(layer_of(model, "score").at("config").at("activation"), "tanh");
    EXPECT_EQ(layer_of(model, "score").at("config").at("trainable"), false);
    EXPECT_EQ(layer_of(model, "conv1_2").at("config").at("trainable"), true);
    EXPECT_EQ(layer_of(model, "conv2_1").at("config").at("trainable"), false);
    EXPECT_EQ(layer_of(model, "conv9_3").at("config").at("activation"), "relu");
}

// Whatever we say of a layer, Keras says the same in the file it has written.
TEST(KerasConfig, AgreesWithTheConfigurationThatKerasWrites) {
    const auto file = test::keras_start_file("start.hdf5");
    const json theirs = json::parse(h5::read_keras_file(file).model_config.value());
    const json ours = json::parse(keras_model_json(architecture(), {}, 64, 64));
    EXPECT_EQ(ours.at("config").at("layers").size(), 63U);
    for (const char* key : {"name", "input_layers", "output_layers"}) {
        EXPECT_EQ(ours.at("config").at(key), theirs.at("config").at(key));
    }
    for (const Layer& each : architecture().layers()) {
        const json& our_layer = layer_of(ours, each.name);
        const json& their_layer = layer_of(theirs, each.name);
        EXPECT_EQ(our_layer.at("class_name"), their_layer.at("class_name")) << each.name;
        EXPECT_EQ(our_layer.at("inbound_nodes"), their_layer.at("inbound_nodes")) << each.name;
        for (const auto& [key, value] : our_layer.at("config").items()) {
            const json& expected = their_layer.at("config").at(key);
            if (key == "axis" && expected.is_array()) {
                EXPECT_EQ(value, expected.at(0)) << each.name;
            } else if (key.ends_with("_initializer")) {
                EXPECT_EQ(value.at("class_name"), expected.at("class_name")) << each.name;
            } else {
                EXPECT_EQ(value, expected) << each.name << ' ' << key;
            }
        }
    }
}

/// Keys of a layer's configuration by its class.
using KnownKeys = std::map<std::string, std::set<std::string>>;

const std::set<std::string> keys_of_convolutions{"name",
                                                 "trainable",
                                                 "dtype",
                                                 "filters",
                                                 "kernel_size",
                                                 "strides",
                                                 "padding",
                                                 "data_format",
                                                 "dilation_rate",
                                                 "activation",
                                                 "use_bias",
                                                 "kernel_initializer",
                                                 "bias_initializer",
                                                 "kernel_regularizer",
                                                 "bias_regularizer",
                                                 "activity_regularizer",
                                                 "kernel_constraint",
                                                 "bias_constraint"};
const std::set<std::string> keys_of_batch_norm{"name",
                                               "trainable",
                                               "dtype",
                                               "axis",
                                               "momentum",
                                               "epsilon",
                                               "center",
                                               "scale",
                                               "beta_initializer",
                                               "gamma_initializer",
                                               "moving_mean_initializer",
                                               "moving_variance_initializer",
                                               "beta_regularizer",
                                               "gamma_regularizer",
                                               "beta_constraint",
                                               "gamma_constraint"};

/// What the constructors of Keras 2.2.4 take, and those of all versions since: TensorFlow's 1.15 to
/// 2.21 and Keras 3 have further keys (groups, ragged, synchronized), and refuse what they lack.
KnownKeys keras_2_2() {
    return {
        {"InputLayer", {"batch_input_shape", "dtype", "sparse", "name"}},
        {"Conv2D", keys_of_convolutions},
        {"BatchNormalization", keys_of_batch_norm},
        {"MaxPooling2D",
         {"name", "trainable", "dtype", "pool_size", "padding", "strides", "data_format"}},
        {"UpSampling2D", {"name", "trainable", "dtype", "size", "data_format", "interpolation"}},
        {"Concatenate", {"name", "trainable", "dtype", "axis"}},
        {"Add", {"name", "trainable", "dtype"}},
        {"Dropout", {"name", "trainable", "dtype", "rate", "noise_shape", "seed"}}};
}

TEST(KerasConfig, HasOnlyKeysThatEveryKerasKnows) {
    const KnownKeys known = keras_2_2();
    const Architecture residual(
        {.name = "small", .blocks = {{.channels = 8, .residual = true}, {.channels = 12}}});
    for (const Architecture* each : {&architecture(), &residual}) {
        const json model = json::parse(keras_model_json(*each, {}, 64, 64));
        for (const json& layer : model.at("config").at("layers")) {
            const std::string kind = layer.at("class_name");
            ASSERT_TRUE(known.contains(kind)) << kind;
            for (const auto& [key, value] : layer.at("config").items()) {
                EXPECT_TRUE(known.at(kind).contains(key)) << kind << ' ' << key;
                if (!key.ends_with("_initializer")) continue;
                for (const auto& [name, argument] : value.at("config").items()) {
                    EXPECT_TRUE(
                        (std::set<std::string>{"scale", "mode", "distribution", "seed"}.contains(
                            name)))
                        << name;
                }
            }
        }
        // Keras 2.2 knows the distributions normal and uniform, and an axis as a number.
        EXPECT_EQ(layer_of(model, "conv1_1")
                      .at("config")
                      .at("kernel_initializer")
                      .at("config")
                      .at("distribution"),
                  "normal");
        EXPECT_EQ(layer_of(model, "conv1_1_bn").at("config").at("axis"), 3);
    }
}

// TensorFlow before 2.3 has no class Functional; Keras 3 needs the module, and null.
TEST(KerasConfig, NamesTheModelsClassAsEveryKerasFindsIt) {
    const json model = json::parse(keras_model_json(architecture(), {}, 64, 64));
    EXPECT_EQ(model.at("class_name"), "Model");
    EXPECT_EQ(model.at("module"), "keras.models");
    EXPECT_EQ(model.at("registered_name"), nullptr);
}

TEST(KerasConfig, FollowsTheArchitecture) {
    Hyperparameters h;
    h.which_layer = 2;
    const Architecture residual({.name = "small",
                                 .blocks = {{.channels = 8, .residual = true}, {.channels = 12}},
                                 .input_channels = 2,
                                 .batch_norm = {.momentum = 0.9, .epsilon = 0.25}});
    const json model = json::parse(keras_model_json(residual, h, 64, 32));
    EXPECT_EQ(model.at("config").at("name"), "small");
    EXPECT_EQ(layer_of(model, "input_1").at("config").at("batch_input_shape"),
              json::parse("[null, 64, 32, 2]"));
    EXPECT_EQ(layer_of(model, "conv1_1_bn").at("config").at("momentum"), 0.9);
    EXPECT_EQ(layer_of(model, "conv1_1_bn").at("config").at("epsilon"), 0.25);
    const json& addition = layer_of(model, "add1");
    EXPECT_EQ(addition.at("class_name"), "Add");
    EXPECT_EQ(addition.at("inbound_nodes"),
              json::parse(R"([[["shortcut1", 0, 0, {}], ["conv1_2_bn", 0, 0, {}]]])"));
    const json& shortcut = layer_of(model, "shortcut1").at("config");
    EXPECT_EQ(shortcut.at("activation"), "linear");
    EXPECT_EQ(shortcut.at("kernel_size"), json::parse("[1, 1]"));
    EXPECT_EQ(shortcut.at("trainable"), true);
    EXPECT_EQ(layer_of(model, "conv2_1").at("config").at("trainable"), false);
}

TEST(KerasConfig, IsReadForTheEndsOfTheModel) {
    Hyperparameters h;
    h.final_activation = "hard_sigmoid";
    const auto facts = read_keras_model_json(keras_model_json(architecture(), h, 96, std::nullopt));
    EXPECT_EQ(facts.input_height, 96);
    EXPECT_EQ(facts.input_width, std::nullopt);
    EXPECT_EQ(facts.final_activation, "hard_sigmoid");
}

TEST(KerasConfig, OfAnotherFormSaysNothing) {
    for (const char* text : {"", "{", "[]", "{\"config\": {}}", "{\"config\": {\"layers\": 3}}",
                             R"({"config": {"layers": [1, {"config": {"activation": null}}]}})"}) {
        const auto facts = read_keras_model_json(text);
        EXPECT_FALSE(facts.input_height || facts.final_activation) << text;
    }
}

}  // namespace
}  // namespace msunet::unet
