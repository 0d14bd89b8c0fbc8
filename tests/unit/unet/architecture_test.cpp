// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/architecture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "msunet/h5/start_model.hpp"
#include "msunet/unet/identity.hpp"
#include "support/reference.hpp"

namespace msunet::unet {
namespace {

TEST(Architecture, HasTheSizeOfThePublishedModel) {
    const Architecture published = published_architecture();
    EXPECT_EQ(published.layers().size(), 63U);
    EXPECT_EQ(published.layer_names().size(), 63U);
    EXPECT_EQ(std::ranges::count_if(published.layers(), &Layer::has_weights), 46);
    EXPECT_EQ(published.tensors().size(), 136U);
    EXPECT_EQ(published.parameter_count(), 2399397U);
    EXPECT_EQ(published.trainable_parameter_count({}), 2395173U);
    EXPECT_EQ(published.side_multiple(), 16);
    EXPECT_EQ(published.layers()[published.bottleneck()].name, "conv5_2_bn");
    EXPECT_EQ(published.layer("conv_3_2").number, 6);
    EXPECT_EQ(published.layer("conv9_3").number, 19);
    EXPECT_EQ(published.layer("conv9_3").out_channels, 2);
    EXPECT_THROW(static_cast<void>(published.layer("conv3_2")), std::out_of_range);
}

TEST(Architecture, HasTheNamesAndShapesThatKerasHas) {
    const auto file = test::keras_start_file("start.hdf5");
    const Architecture published = published_architecture();
    const auto model = h5::read_keras_file(file);
    std::vector<std::string> names;
    for (const auto& layer : model.layers) {
        names.push_back(layer.name);
    }
    EXPECT_EQ(names, published.layer_names());
    const auto matched = h5::match_start_model(model, published.tensor_shapes(), file);
    EXPECT_TRUE(matched.renamed.empty());
    ASSERT_EQ(matched.weights.size(), published.tensors().size());
    const auto in_file = model.weights();
    for (std::size_t i = 0; i < in_file.size(); ++i) {
        EXPECT_EQ(in_file[i].name, published.tensors()[i].name);
        EXPECT_EQ(in_file[i].values.size(), published.tensors()[i].elements);
    }
}

Description small() {
    return {.name = "small",
            .blocks = {{.channels = 8, .convolutions = 1, .skip = false},
                       {.channels = 8, .convolutions = 3, .kernel = 5, .residual = true},
                       {.channels = 12, .residual = true}},
            .input_channels = 3,
            .head_channels = 4};
}

// Walking from the input, every layer takes what the layers before it give.
void expect_consistent(const Architecture& architecture) {
    const auto& layers = architecture.layers();
    std::set<std::string> names;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const Layer& at = layers[i];
        EXPECT_TRUE(names.insert(at.name).second) << at.name;
        const bool joins = at.kind == LayerKind::concatenation || at.kind == LayerKind::addition;
        ASSERT_EQ(at.inputs.size(), i == 0 ? 0U : joins ? 2U : 1U) << at.name;
        if (i == 0) continue;
        int channels = 0;
        for (const std::size_t input : at.inputs) {
            ASSERT_LT(input, i) << at.name;
            const Layer& from = layers[input];
            const int step = at.kind == LayerKind::max_pooling   ? 1
                             : at.kind == LayerKind::up_sampling ? -1
                                                                 : 0;
            EXPECT_EQ(at.halvings, from.halvings + step) << at.name;
            if (at.kind == LayerKind::addition) {
                EXPECT_EQ(from.out_channels, at.out_channels) << at.name;
            } else {
                channels += from.out_channels;
            }
        }
        if (at.kind != LayerKind::addition) {
            EXPECT_EQ(at.in_channels, channels) << at.name;
        }
        if (at.kind != LayerKind::convolution) {
            EXPECT_EQ(at.out_channels, at.in_channels) << at.name;
        }
    }
    EXPECT_EQ(layers.back().name, "score");
    EXPECT_EQ(layers.back().out_channels, 1);
    EXPECT_EQ(layers.back().halvings, 0);
}

TEST(Architecture, ChannelsAndSidesFitTogether) {
    expect_consistent(published_architecture());
    expect_consistent(Architecture(small()));
}

TEST(Architecture, FollowsItsDescription) {
    const Architecture architecture(small());
    EXPECT_EQ(architecture.side_multiple(), 4);
    EXPECT_EQ(architecture.layers()[architecture.bottleneck()].name, "add3");
    EXPECT_EQ(architecture.layer("input_1").out_channels, 3);
    EXPECT_EQ(architecture.layer("conv2_3").kernel, 5);
    EXPECT_EQ(architecture.layer("conv5_2").out_channels, 4);
    EXPECT_EQ(architecture.layer("score").activation, Activation::final);
    // The second block has as many channels as the first: it needs no convolution to be added to.
    EXPECT_THROW(static_cast<void>(architecture.layer("shortcut2")), std::out_of_range);
    EXPECT_EQ(architecture.layer("shortcut3").kernel, 1);
    EXPECT_EQ(architecture.layer("shortcut3").activation, Activation::none);
    EXPECT_EQ(architecture.layer("shortcut3").number, architecture.layer("conv3_1").number);
    // Where the first block has no skip connection the last one reads the up-sampling alone.
    EXPECT_THROW(static_cast<void>(architecture.layer("merge5")), std::out_of_range);
    EXPECT_EQ(architecture.layer("merge4").in_channels, 16);
    EXPECT_EQ(architecture.layer("drop5").in_channels, 8);
}

TEST(Architecture, IsIdentifiedByWhatItComputes) {
    const auto identity = identity_of(Architecture(small()));
    auto named = small();
    named.name = "other";
    EXPECT_EQ(identity_of(Architecture(named)), identity);
    EXPECT_NE(identity_of(published_architecture()), identity);
    auto constants = small();
    constants.batch_norm.epsilon = 1e-5;
    EXPECT_NE(identity_of(Architecture(constants)), identity);
    auto plain = small();
    plain.blocks.back().residual = false;
    EXPECT_NE(identity_of(Architecture(plain)), identity);
}

TEST(Architecture, RefusesWhatMakesNoNetwork) {
    Description description = small();
    description.blocks.resize(1);
    EXPECT_THROW(static_cast<void>(Architecture(description)), std::invalid_argument);
    description.blocks.resize(7);
    EXPECT_THROW(static_cast<void>(Architecture(description)), std::invalid_argument);
    for (int Block::*number : {&Block::channels, &Block::convolutions, &Block::kernel}) {
        description = small();
        description.blocks[1].*number = 0;
        EXPECT_THROW(static_cast<void>(Architecture(description)), std::invalid_argument);
    }
    for (int Description::*number :
         {&Description::input_channels, &Description::up_kernel, &Description::head_channels}) {
        description = small();
        description.*number = 0;
        EXPECT_THROW(static_cast<void>(Architecture(description)), std::invalid_argument);
    }
}

TEST(Architecture, PatchesArePaddedToMultiplesOf32) {
    EXPECT_EQ(padded_side(1), 32);
    EXPECT_EQ(padded_side(32), 32);
    EXPECT_EQ(padded_side(33), 64);
    EXPECT_EQ(padded_side(96), 96);
}

}  // namespace
}  // namespace msunet::unet
