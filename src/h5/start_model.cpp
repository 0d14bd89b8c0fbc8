// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/start_model.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::h5 {
namespace {

constexpr std::size_t most_problems = 10;

/// The tensors of one layer of the network.
struct WantedLayer {
    std::string name;
    std::span<const core::NamedArray> tensors;
};

std::string layer_of(const core::NamedArray& tensor) {
    return tensor.name.substr(0, tensor.name.find('/'));
}

std::vector<WantedLayer> by_layer(std::span<const core::NamedArray> wanted) {
    std::vector<WantedLayer> layers;
    for (std::size_t begin = 0; begin < wanted.size();) {
        const std::string name = layer_of(wanted[begin]);
        std::size_t end = begin + 1;
        while (end < wanted.size() && layer_of(wanted[end]) == name) {
            ++end;
        }
        layers.push_back({name, wanted.subspan(begin, end - begin)});
        begin = end;
    }
    return layers;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::vector<std::string> lengths;
    lengths.reserve(shape.size());
    for (const std::int64_t length : shape) {
        lengths.push_back(std::to_string(length));
    }
    return core::concat('(', core::join(lengths), ')');
}

/// Brings layers that are in order only within their class into the network's order: a class is
/// known by the number of its weights.
void order_as(const std::vector<WantedLayer>& wanted, std::vector<const KerasLayer*>& found) {
    auto place = found.begin();
    for (const WantedLayer& layer : wanted) {
        const auto next = std::find_if(place, found.end(), [&](const KerasLayer* one) {
            return one->weights.size() == layer.tensors.size();
        });
        if (next == found.end()) return;
        std::rotate(place, next, next + 1);
        ++place;
    }
}

/// What is wrong with a weight's values; empty: nothing.
std::string problem_with_values(const core::NamedArray& wanted, const std::vector<float>& values) {
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
        return " holds NaN or infinity, expected finite numbers";
    }
    const bool is_variance = wanted.name.ends_with("/moving_variance:0");
    if (is_variance && std::ranges::any_of(values, [](float value) { return value < 0; })) {
        return " holds negative numbers, expected variances";
    }
    return {};
}

void match_layer(const KerasLayer& found, const WantedLayer& wanted, MatchedModel& result,
                 std::vector<std::string>& problems) {
    if (found.name != wanted.name) {
        result.renamed.push_back(core::concat(core::quoted(found.name), " for ", wanted.name));
    }
    if (found.weights.size() != wanted.tensors.size()) {
        problems.push_back(core::concat("layer ", core::quoted(wanted.name), " (",
                                        core::quoted(found.name), " in the file) has ",
                                        found.weights.size(), " weights, expected ",
                                        wanted.tensors.size()));
        return;
    }
    for (std::size_t i = 0; i < wanted.tensors.size(); ++i) {
        const core::NamedArray& weight = found.weights[i];
        if (weight.shape != wanted.tensors[i].shape) {
            problems.push_back(core::concat(
                "layer ", core::quoted(wanted.name), ": ", core::quoted(weight.name), " has shape ",
                shape_text(weight.shape), ", expected ", shape_text(wanted.tensors[i].shape)));
        } else if (const auto problem = problem_with_values(wanted.tensors[i], weight.values);
                   !problem.empty()) {
            problems.push_back(core::concat("layer ", core::quoted(wanted.name), ": ",
                                            core::quoted(weight.name), problem));
        } else {
            result.weights.push_back({wanted.tensors[i].name, weight.shape, weight.values});
        }
    }
}

}  // namespace

MatchedModel match_start_model(const KerasFile& model, std::span<const core::NamedArray> wanted,
                               const std::filesystem::path& file) {
    std::vector<const KerasLayer*> found;
    for (const KerasLayer& layer : model.layers) {
        if (!layer.weights.empty()) {
            found.push_back(&layer);
        }
    }
    const auto layers = by_layer(wanted);
    const auto misfit = [&file](const std::string& why) {
        return core::Problem{.path = file,
                             .kind = "start model",
                             .problem = core::concat("doesn't fit the network: ", why)};
    };
    if (found.size() != layers.size()) {
        throw core::InputError(misfit(core::concat(
            "it has ", found.size(), " layers with weights, expected ", layers.size())));
    }
    if (model.by_class) order_as(layers, found);
    MatchedModel result;
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < layers.size() && problems.size() < most_problems; ++i) {
        match_layer(*found[i], layers[i], result, problems);
    }
    if (!problems.empty()) {
        std::vector<core::Problem> misfits;
        std::ranges::transform(problems, std::back_inserter(misfits), misfit);
        throw core::InputError(misfits);
    }
    return result;
}

}  // namespace msunet::h5
