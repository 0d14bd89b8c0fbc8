// SPDX-License-Identifier: Apache-2.0
/// \file
/// A Keras model's JSON as a graph of its layers.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::unet {

/// A functional model. Layers with weights are numbered in the order of the file; `names` are
/// theirs in texts, so that the texts of two models can be compared.
class KerasGraph {
public:
    using Json = nlohmann::ordered_json;

    /// One layer.
    // The check takes moves of nlohmann's JSON for functions that throw.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    struct Node {
        std::string name;
        std::string kind;  ///< class, without the suffixes of versions
        Json config;
        std::vector<std::string> inputs;
    };

    /// Nothing if the text is no functional model. Throws nothing.
    [[nodiscard]] static std::optional<KerasGraph> parse(std::string_view json);

    /// The layers with weights.
    [[nodiscard]] const std::vector<Node>& weighted() const { return weighted_; }

    /// What weighted layer `number` reads, in words: "'conv1_1'", "MaxPooling2D [2,2] of 'bn'" …
    [[nodiscard]] std::string input_text(std::size_t number, const std::vector<std::string>& names);
    /// The activations with which other layers read weighted layer `number`, for those whose
    /// `input_text` was asked for: its own, or that of a layer of its own behind it.
    [[nodiscard]] const std::set<std::string>& activations(std::size_t number) {
        return activations_[number];
    }

private:
    [[nodiscard]] std::string source_text(const std::string& name,
                                          const std::vector<std::string>& names, int depth);
    [[nodiscard]] std::string inputs_text(const Node& node, const std::vector<std::string>& names,
                                          int depth);
    /// The weighted layer behind `name` and layers without effect; nothing if another is there.
    [[nodiscard]] std::optional<std::size_t> weighted_behind(std::string name) const;

    std::map<std::string, Node> nodes_;
    std::vector<Node> weighted_;
    std::map<std::string, std::size_t> numbers_;
    std::map<std::size_t, std::set<std::string>> activations_;
};

/// The activation in a layer's configuration; "linear" if it has none.
[[nodiscard]] std::string activation_in(const KerasGraph::Json& config);

}  // namespace msunet::unet
