// SPDX-License-Identifier: Apache-2.0
#include "unet/layers.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace msunet::unet {
namespace {

/// Patches are padded to multiples of 32, whose sides can be halved five times.
constexpr std::size_t most_blocks = 6;

void check(const Description& description) {
    const auto& blocks = description.blocks;
    if (blocks.size() < 2 || blocks.size() > most_blocks) {
        throw std::invalid_argument("a U-Net has 2 to " + std::to_string(most_blocks) +
                                    " blocks, not " + std::to_string(blocks.size()));
    }
    const auto positive = [](int value, const char* what) {
        if (value < 1) {
            throw std::invalid_argument(std::string("a U-Net's ") + what + " are at least 1, not " +
                                        std::to_string(value));
        }
    };
    positive(description.input_channels, "input channels");
    positive(description.up_kernel, "up-sampling kernels");
    positive(description.head_channels, "head channels");
    for (const Block& block : blocks) {
        positive(block.channels, "channels");
        positive(block.convolutions, "convolutions in a block");
        positive(block.kernel, "kernels");
    }
}

/// Appends layer after layer.
class Builder {
public:
    explicit Builder(const Description& description) : description_(description) {}

    LayerList build() {
        const auto& blocks = description_.blocks;
        const int input_channels = description_.input_channels;
        layers_.push_back({.name = "input_1",
                           .kind = LayerKind::input,
                           .in_channels = input_channels,
                           .out_channels = input_channels});
        std::vector<std::size_t> outputs;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            ++block_;
            add_block(blocks[i], Part::contracting);
            outputs.push_back(last());
            if (i + 1 < blocks.size()) add_pooling();
        }
        for (std::size_t i = blocks.size() - 1; i-- > 0;) {
            ++block_;
            add_up_sampling(blocks[i].channels);
            if (blocks[i].skip) {
                add({.name = named("merge"),
                     .kind = LayerKind::concatenation,
                     .part = Part::expanding,
                     .inputs = {outputs[i], last()}});
            }
            add({.name = named("drop"), .kind = LayerKind::dropout, .part = Part::expanding});
            add_block(blocks[i], Part::expanding);
        }
        add_head(blocks.front());
        return {std::move(layers_), outputs.back()};
    }

private:
    /// Adds a layer that reads the last one, unless it says what it reads.
    void add(Layer layer) {
        if (layer.inputs.empty()) layer.inputs = {last()};
        layer.in_channels = 0;
        for (const std::size_t input : layer.inputs) {
            const int channels = layers_[input].out_channels;
            const bool joins = layer.kind == LayerKind::concatenation;
            layer.in_channels = joins ? layer.in_channels + channels : channels;
        }
        if (layer.kind != LayerKind::convolution) layer.out_channels = layer.in_channels;
        layer.halvings = halvings_;
        layers_.push_back(std::move(layer));
    }

    void add_convolution(Layer layer) {
        layer.kind = LayerKind::convolution;
        const auto renamed = description_.renamed.find(layer.name);
        if (renamed != description_.renamed.end()) layer.name = renamed->second;
        add(std::move(layer));
    }

    void add_normalised_convolution(const Layer& layer) {
        add_convolution(layer);
        add({.name = layer.name + "_bn", .kind = LayerKind::batch_norm, .part = layer.part});
    }

    void add_block(const Block& block, Part part) {
        const std::size_t input = last();
        const int first_number = number_ + 1;
        for (int k = 1; k <= block.convolutions; ++k) {
            add_normalised_convolution({.name = named("conv") + '_' + std::to_string(k),
                                        .part = part,
                                        .number = ++number_,
                                        .kernel = block.kernel,
                                        .out_channels = block.channels,
                                        .activation = Activation::relu});
        }
        if (block.residual) add_shortcut(input, block.channels, part, first_number);
    }

    /// Adds a block's input to its output. A convolution brings it to the block's channels where
    /// they differ; it trains with the block's first convolution.
    void add_shortcut(std::size_t input, int channels, Part part, int number) {
        const std::size_t output = last();
        std::size_t shortcut = input;
        if (layers_[input].out_channels != channels) {
            add_convolution({.name = named("shortcut"),
                             .part = part,
                             .number = number,
                             .kernel = 1,
                             .out_channels = channels,
                             .inputs = {input}});
            shortcut = last();
        }
        add({.name = named("add"),
             .kind = LayerKind::addition,
             .part = part,
             .inputs = {shortcut, output}});
    }

    void add_pooling() {
        ++halvings_;
        add({.name = named("pool"), .kind = LayerKind::max_pooling});
    }

    void add_up_sampling(int channels) {
        --halvings_;
        add({.name = named("up") + "_c",
             .kind = LayerKind::up_sampling,
             .part = Part::up_sampling});
        add_normalised_convolution({.name = named("up"),
                                    .part = Part::up_sampling,
                                    .kernel = description_.up_kernel,
                                    .out_channels = channels,
                                    .activation = Activation::relu});
    }

    void add_head(const Block& last_block) {
        add_convolution({.name = named("conv") + '_' + std::to_string(last_block.convolutions + 1),
                         .part = Part::expanding,
                         .number = ++number_,
                         .kernel = last_block.kernel,
                         .out_channels = description_.head_channels,
                         .activation = Activation::relu});
        add_convolution({.name = "score",
                         .part = Part::score,
                         .kernel = 1,
                         .out_channels = 1,
                         .activation = Activation::final});
    }

    [[nodiscard]] std::size_t last() const { return layers_.size() - 1; }
    /// The name of a layer of the present block.
    [[nodiscard]] std::string named(const char* what) const {
        return what + std::to_string(block_);
    }

    const Description& description_;
    std::vector<Layer> layers_;
    int block_ = 0;     ///< counted from 1, contracting and expanding ones alike
    int number_ = 0;    ///< of the last convolution that `which_layer` counts
    int halvings_ = 0;  ///< of the image's sides at the last layer
};

}  // namespace

LayerList make_layers(const Description& description) {
    check(description);
    return Builder(description).build();
}

}  // namespace msunet::unet
