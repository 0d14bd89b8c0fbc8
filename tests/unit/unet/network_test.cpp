// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "msunet/h5/start_model.hpp"

namespace msunet::unet {
namespace {

TEST(Network, HasTheSizeOfThePublishedModel) {
    EXPECT_EQ(layers().size(), 63U);
    EXPECT_EQ(layer_names().size(), 63U);
    EXPECT_EQ(std::count_if(layers().begin(), layers().end(),
                            [](const Layer& each) { return each.has_weights(); }),
              46);
    EXPECT_EQ(tensors().size(), 136U);
    EXPECT_EQ(parameter_count(), 2399397U);
    EXPECT_EQ(trainable_parameter_count({}), 2395173U);
    EXPECT_EQ(layer("conv_3_2").number, 6);
    EXPECT_EQ(layer("conv9_3").out_channels, 2);
    EXPECT_THROW(static_cast<void>(layer("conv3_2")), std::out_of_range);
}

// Walking from the input, every layer takes what the layers before it give.
TEST(Network, ChannelsAndSidesFitTogether) {
    struct Output {
        int channels;
        int side;
    };
    std::map<std::string_view, Output> outputs;
    for (const Layer& at : layers()) {
        if (at.kind == LayerKind::input) {
            outputs[at.name] = {1, 32};
            continue;
        }
        const Output from = outputs.at(at.input);
        int channels = from.channels;
        int side = from.side;
        if (at.kind == LayerKind::concatenation) {
            const Output skip = outputs.at(at.skip);
            EXPECT_EQ(skip.side, side) << at.name;
            channels += skip.channels;
        } else if (at.kind == LayerKind::max_pooling) {
            side /= 2;
        } else if (at.kind == LayerKind::up_sampling) {
            side *= 2;
        }
        EXPECT_EQ(at.in_channels, channels) << at.name;
        if (at.kind != LayerKind::convolution) {
            EXPECT_EQ(at.out_channels, channels) << at.name;
        }
        outputs[at.name] = {at.out_channels, side};
    }
    EXPECT_EQ(outputs.at("conv5_2_bn").side, 2);
    EXPECT_EQ(outputs.at("score").side, 32);
    EXPECT_EQ(outputs.at("score").channels, 1);
}

TEST(Network, EqualsTheModelOfKeras) {
    const auto file = std::filesystem::path(MSUNET_SHARED_DIR) / "reference/start/start.hdf5";
    if (!std::filesystem::exists(file)) {
        GTEST_SKIP() << "no reference files under " << MSUNET_SHARED_DIR;
    }
    const auto model = h5::read_keras_file(file);
    std::vector<std::string> names;
    for (const auto& layer : model.layers) {
        names.push_back(layer.name);
    }
    EXPECT_EQ(names, layer_names());
    const auto matched = h5::match_start_model(model, tensor_shapes(), file);
    EXPECT_TRUE(matched.renamed.empty());
    ASSERT_EQ(matched.weights.size(), tensors().size());
    const auto in_file = model.weights();
    for (std::size_t i = 0; i < tensors().size(); ++i) {
        EXPECT_EQ(in_file[i].name, tensors()[i].name);
        EXPECT_EQ(in_file[i].values.size(), tensors()[i].elements);
    }
}

TEST(Network, PatchesArePaddedToMultiplesOf32) {
    EXPECT_EQ(padded_side(1), 32);
    EXPECT_EQ(padded_side(32), 32);
    EXPECT_EQ(padded_side(33), 64);
    EXPECT_EQ(padded_side(96), 96);
}

}  // namespace
}  // namespace msunet::unet
