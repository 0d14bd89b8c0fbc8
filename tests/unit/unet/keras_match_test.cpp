// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/keras_match.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "msunet/unet/keras_config.hpp"

namespace msunet::unet {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Architecture& network() {
    static const Architecture published = published_architecture();
    return published;
}

json ours() {
    Hyperparameters h;
    h.dropout = 0.1;
    h.final_activation = "tanh";
    h.which_layer = 3;
    return json::parse(keras_model_json(network(), h, 64, 64));
}

json& layer_of(json& model, std::string_view name) {
    for (json& each : model.at("config").at("layers")) {
        if (each.at("name") == name) return each;
    }
    throw std::out_of_range(std::string(name));
}

json& config_of(json& model, std::string_view name) { return layer_of(model, name).at("config"); }

std::vector<std::string> differences(const std::function<void(json&)>& change) {
    json model = ours();
    change(model);
    return differences_from(network(), model.dump());
}

/// A layer of its own between `before` and those that read it.
void insert_behind(json& model, const std::string& before, const json& layer) {
    const std::string name = layer.at("name");
    for (json& each : model.at("config").at("layers")) {
        for (json& node : each.at("inbound_nodes")) {
            for (json& input : node) {
                if (input.at(0) == before) input.at(0) = name;
            }
        }
    }
    model.at("config").at("layers").push_back(layer);
}

json activation_layer(const std::string& before, const std::string& activation) {
    return {{"name", before + "_act"},
            {"class_name", "Activation"},
            {"config", {{"name", before + "_act"}, {"activation", activation}}},
            {"inbound_nodes", json::array({json::array({{before, 0, 0, json::object()}})})}};
}

TEST(KerasMatch, DropoutTrainingAndTheLastActivationMayDiffer) {
    EXPECT_THAT(differences([](json&) {}), IsEmpty());
    EXPECT_THAT(
        differences([](json& model) { layer_of(model, "drop6")["class_name"] = "GaussianNoise"; }),
        IsEmpty());
}

TEST(KerasMatch, ActivationsMayBeLayers) {
    EXPECT_THAT(differences([](json& model) {
                    config_of(model, "conv2_1")["activation"] = "linear";
                    insert_behind(model, "conv2_1", activation_layer("conv2_1", "relu"));
                }),
                IsEmpty());
    EXPECT_THAT(differences([](json& model) {
                    config_of(model, "conv2_1")["activation"] = "linear";
                    insert_behind(model, "conv2_1", activation_layer("conv2_1", "elu"));
                }),
                ElementsAre(HasSubstr("layer 'conv2_1': activation is elu, expected relu")));
}

TEST(KerasMatch, NamesTheLayerThatComputesSomethingElse) {
    EXPECT_THAT(differences([](json& model) { config_of(model, "conv1_2")["activation"] = "elu"; }),
                ElementsAre("layer 'conv1_2': activation is elu, expected relu"));
    EXPECT_THAT(differences([](json& model) { config_of(model, "conv5_1_bn")["epsilon"] = 1e-5; }),
                ElementsAre("layer 'conv5_1_bn': epsilon is 1e-05, expected 0.001"));
    EXPECT_THAT(differences([](json& model) { config_of(model, "conv5_1_bn")["momentum"] = 0.9; }),
                ElementsAre("layer 'conv5_1_bn': momentum is 0.9, expected 0.99"));
    EXPECT_THAT(differences([](json& model) { config_of(model, "conv4_1")["padding"] = "valid"; }),
                ElementsAre("layer 'conv4_1': padding is valid, expected same"));
    EXPECT_THAT(
        differences([](json& model) { layer_of(model, "up6")["class_name"] = "Conv2DTranspose"; }),
        ElementsAre("layer 'up6': class is Conv2DTranspose, expected Conv2D"));
}

// Batch normalisation before ReLU has the same shapes in the same order.
TEST(KerasMatch, SeesAnotherOrder) {
    const auto found = differences([](json& model) {
        config_of(model, "conv1_1")["activation"] = "linear";
        insert_behind(model, "conv1_1_bn", activation_layer("conv1_1_bn", "relu"));
    });
    EXPECT_THAT(found,
                ElementsAre("layer 'conv1_2': input is relu of 'conv1_1_bn', expected 'conv1_1_bn'",
                            "layer 'conv1_1': activation is linear, expected relu"));
    EXPECT_THAT(differences([](json& model) {
                    for (json& layer : model.at("config").at("layers")) {
                        if (layer.at("class_name") == "Concatenate") {
                            std::swap(layer.at("inbound_nodes")[0][0],
                                      layer.at("inbound_nodes")[0][1]);
                            return;
                        }
                    }
                }),
                ElementsAre(HasSubstr("layer 'conv6_1': input is Concatenate of (")));
}

TEST(KerasMatch, ReadsTheFormOfKeras3) {
    const auto keras_3 = [](json& model) {
        for (json& layer : model.at("config").at("layers")) {
            json arguments = json::array();
            for (const json& node : layer.at("inbound_nodes")) {
                for (const json& input : node) {
                    arguments.push_back(
                        {{"class_name", "__keras_tensor__"},
                         {"config",
                          {{"shape", {nullptr, 64, 64, 1}}, {"keras_history", {input[0], 0, 0}}}}});
                }
            }
            if (arguments.size() > 1) arguments = json::array({arguments});
            layer["inbound_nodes"] =
                arguments.empty()
                    ? json::array()
                    : json::array({{{"args", arguments}, {"kwargs", json::object()}}});
        }
    };
    EXPECT_THAT(differences(keras_3), IsEmpty());
    EXPECT_THAT(differences([&](json& model) {
                    keras_3(model);
                    config_of(model, "conv1_2")["activation"] = "elu";
                }),
                ElementsAre(HasSubstr("'conv1_2': activation is elu")));
}

TEST(KerasMatch, OfAnotherFormSaysNothing) {
    for (const char* text : {"", "{", "[]", "{\"config\": {}}", "{\"config\": {\"layers\": 3}}",
                             R"({"config": {"layers": [{"class_name": 1, "config": 3}]}})"}) {
        EXPECT_THAT(differences_from(network(), text), IsEmpty()) << text;
    }
    // A circle of layers without weights.
    EXPECT_NO_THROW(differences([](json& model) {
        json& pool = layer_of(model, "pool1");
        pool.at("inbound_nodes")[0][0][0] = "pool1";
    }));
}

}  // namespace
}  // namespace msunet::unet
