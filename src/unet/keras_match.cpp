// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/keras_match.hpp"

#include <cmath>
#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/unet/keras_config.hpp"
#include "unet/keras_graph.hpp"

namespace msunet::unet {
namespace {

using core::concat;
using Json = KerasGraph::Json;
using Node = KerasGraph::Node;

/// What is wrong with one layer: its text begins with the layer's names.
class Difference {
public:
    Difference(const Node& found, const Node& wanted, std::vector<std::string>& all)
        : layer_(concat("layer ", core::quoted(wanted.name))), all_(all) {
        if (found.name != wanted.name) {
            layer_ += concat(" (", core::quoted(found.name), " in the file)");
        }
    }
    void note(std::string_view what, std::string_view found, std::string_view wanted) {
        if (found != wanted) {
            all_.push_back(concat(layer_, ": ", what, " is ", found, ", expected ", wanted));
        }
    }

private:
    std::string layer_;
    std::vector<std::string>& all_;
};

/// A value of the configuration as text; where the file has none, that of the network.
std::string value_text(const Node& node, const Node& wanted, const char* key) {
    Json value = node.config.value(key, wanted.config.value(key, Json()));
    const bool is_list_of_one = value.is_array() && value.size() == 1;
    if (is_list_of_one) value = Json(value.at(0));
    // The last of four axes.
    if (std::string_view(key) == "axis" && value == -1) value = 3;
    return value.is_string() ? value.get<std::string>() : value.dump();
}

void compare_convolution(const Node& found, const Node& wanted, Difference& difference) {
    for (const char* key : {"strides", "padding", "dilation_rate", "data_format"}) {
        difference.note(key, value_text(found, wanted, key), value_text(wanted, wanted, key));
    }
}

void compare_norm(const Node& found, const Node& wanted, Difference& difference) {
    difference.note("axis", value_text(found, wanted, "axis"), value_text(wanted, wanted, "axis"));
    for (const char* key : {"epsilon", "momentum"}) {
        const double value = found.config.value(key, wanted.config.value(key, 0.0));
        const double expected = wanted.config.value(key, 0.0);
        // TensorFlow 1 wrote the constants as float32.
        if (std::abs(value - expected) > 1e-6 * std::abs(expected)) {
            difference.note(key, value_text(found, wanted, key), value_text(wanted, wanted, key));
        }
    }
}

std::vector<std::string> names_of(const KerasGraph& graph) {
    std::vector<std::string> names;
    for (const Node& node : graph.weighted()) names.push_back(node.name);
    return names;
}

std::string joined(const std::set<std::string>& texts) {
    return core::join(std::vector<std::string>(texts.begin(), texts.end()), " and ");
}

std::vector<std::string> differences(KerasGraph& found, KerasGraph& wanted) {
    const auto names = names_of(wanted);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Node& theirs = found.weighted()[i];
        const Node& ours = wanted.weighted()[i];
        Difference difference(theirs, ours, all);
        difference.note("class", theirs.kind, ours.kind);
        if (theirs.kind == ours.kind && ours.kind == "Conv2D") {
            compare_convolution(theirs, ours, difference);
        } else if (theirs.kind == ours.kind) {
            compare_norm(theirs, ours, difference);
        }
        difference.note("input", found.input_text(i, names), wanted.input_text(i, names));
    }
    // What the layers behind a layer make of it is known only now.
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        Difference(found.weighted()[i], wanted.weighted()[i], all)
            .note("activation", joined(found.activations(i)), joined(wanted.activations(i)));
    }
    return all;
}

}  // namespace

std::vector<std::string> differences_from(const Architecture& architecture,
                                          std::string_view keras_json) {
    auto found = KerasGraph::parse(keras_json);
    auto wanted = KerasGraph::parse(keras_model_json(architecture, {}, {}, {}));
    if (!found || found->weighted().size() != wanted->weighted().size()) return {};
    try {
        return differences(*found, *wanted);
    } catch (const Json::exception&) {
        return {};
    }
}

}  // namespace msunet::unet
