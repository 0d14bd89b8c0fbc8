// SPDX-License-Identifier: Apache-2.0
#include "unet/keras_graph.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::unet {
namespace {

using Json = KerasGraph::Json;

/// Longest chain of layers without weights; a damaged file may hold a circle.
constexpr int deepest = 32;

bool is_one_of(std::string_view kind, std::initializer_list<std::string_view> kinds) {
    return std::ranges::find(kinds, kind) != kinds.end();
}

/// The class without the suffixes that versions of TensorFlow give it.
std::string plain_kind(std::string kind) {
    if (kind == "Convolution2D") return "Conv2D";
    if (kind == "BatchNormalizationV1" || kind == "BatchNormalizationV2") {
        return "BatchNormalization";
    }
    return kind;
}

bool has_weights(std::string_view kind) {
    for (const std::string_view part : {"Conv", "Normalization", "Dense", "PReLU"}) {
        if (kind.find(part) != std::string_view::npos) return true;
    }
    return false;
}

/// Layers that change nothing in prediction.
bool has_no_effect(const KerasGraph::Node& node) {
    return is_one_of(node.kind, {"Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout",
                                 "AlphaDropout", "ActivityRegularization"}) ||
           (node.kind == "Activation" && activation_in(node.config) == "linear");
}

/// Names of the layers in `inbound_nodes`: [["conv", 0, 0, {}]] before Keras 3, there objects with
/// "keras_history": ["conv", 0, 0].
void collect_inputs(const Json& part, std::vector<std::string>& names) {
    if (part.is_object()) {
        const auto history = part.find("keras_history");
        if (history != part.end()) {
            names.push_back(history->at(0).get<std::string>());
            return;
        }
        for (const Json& value : part) collect_inputs(value, names);
    } else if (part.is_array()) {
        if (part.size() >= 3 && part[0].is_string() && part[1].is_number_integer()) {
            names.push_back(part[0].get<std::string>());
            return;
        }
        for (const Json& value : part) collect_inputs(value, names);
    }
}

KerasGraph::Node node_of(const Json& layer) {
    KerasGraph::Node node{.name = layer.at("config").at("name").get<std::string>(),
                          .kind = plain_kind(layer.at("class_name").get<std::string>()),
                          .config = layer.at("config"),
                          .inputs = {}};
    const Json& inbound = layer.at("inbound_nodes");
    if (!inbound.empty()) collect_inputs(inbound.at(0), node.inputs);
    return node;
}

/// The part of a text that says how a layer without weights computes.
std::string kind_text(const KerasGraph::Node& node) {
    std::string text = node.kind;
    const auto add = [&](const char* key, const Json& usual) {
        const auto found = node.config.find(key);
        if (found != node.config.end() && *found != usual) {
            text += core::concat(' ', key, ' ', found->dump());
        }
    };
    if (node.kind == "MaxPooling2D" || node.kind == "AveragePooling2D") {
        add("pool_size", Json::array({2, 2}));
        add("strides", Json::array({2, 2}));
        add("padding", "valid");
    } else if (node.kind == "UpSampling2D") {
        add("size", Json::array({2, 2}));
        add("interpolation", "nearest");
    } else if (node.kind == "Concatenate" && node.config.value("axis", Json(-1)) != 3) {
        add("axis", -1);
    }
    return text;
}

}  // namespace

std::string activation_in(const Json& config) {
    const auto found = config.find("activation");
    if (found == config.end() || found->is_null()) return "linear";
    if (found->is_string()) return found->get<std::string>();
    // Keras 3 writes a function as an object.
    const auto inner = found->find("config");
    return found->is_object() && inner != found->end() && inner->is_string()
               ? inner->get<std::string>()
               : found->dump();
}

std::optional<KerasGraph> KerasGraph::parse(std::string_view json) {
    try {
        const Json model = Json::parse(json);
        KerasGraph graph;
        for (const Json& layer : model.at("config").at("layers")) {
            Node node = node_of(layer);
            if (has_weights(node.kind)) {
                graph.numbers_[node.name] = graph.weighted_.size();
                graph.weighted_.push_back(node);
            }
            graph.nodes_[node.name] = std::move(node);
        }
        return graph;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

std::string KerasGraph::input_text(std::size_t number, const std::vector<std::string>& names) {
    return inputs_text(weighted_.at(number), names, 0);
}

std::string KerasGraph::inputs_text(const Node& node, const std::vector<std::string>& names,
                                    int depth) {
    std::vector<std::string> texts;
    for (const std::string& input : node.inputs) texts.push_back(source_text(input, names, depth));
    if (node.kind == "Add") std::ranges::sort(texts);
    return core::join(std::span<const std::string>(texts), " and ");
}

std::optional<std::size_t> KerasGraph::weighted_behind(std::string name) const {
    for (int depth = 0; depth < deepest; ++depth) {
        if (const auto number = numbers_.find(name); number != numbers_.end()) {
            return number->second;
        }
        const auto node = nodes_.find(name);
        if (node == nodes_.end() || !has_no_effect(node->second) || node->second.inputs.empty()) {
            break;
        }
        name = node->second.inputs.front();
    }
    return std::nullopt;
}

std::string KerasGraph::source_text(const std::string& name, const std::vector<std::string>& names,
                                    int depth) {
    const auto found = nodes_.find(name);
    if (found == nodes_.end() || depth > deepest) return "?";
    const Node& node = found->second;
    if (const auto number = numbers_.find(name); number != numbers_.end()) {
        activations_[number->second].insert(activation_in(node.config));
        return core::quoted(names.at(number->second));
    }
    if (node.kind == "InputLayer") return "the input";
    if (has_no_effect(node)) return inputs_text(node, names, depth + 1);
    if (node.kind == "Activation" || node.kind == "ReLU") {
        const std::string activation =
            node.kind == "ReLU" ? std::string("relu") : activation_in(node.config);
        const auto behind =
            node.inputs.empty() ? std::nullopt : weighted_behind(node.inputs.front());
        if (behind && weighted_[*behind].kind == "Conv2D" &&
            activation_in(weighted_[*behind].config) == "linear") {
            activations_[*behind].insert(activation);
            return core::quoted(names.at(*behind));
        }
        return core::concat(activation, " of ", inputs_text(node, names, depth + 1));
    }
    return core::concat(kind_text(node), " of (", inputs_text(node, names, depth + 1), ")");
}

}  // namespace msunet::unet
