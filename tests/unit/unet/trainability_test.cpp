// SPDX-License-Identifier: Apache-2.0
// The layers that each hyperparameter freezes, written out.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "msunet/unet/architecture.hpp"

namespace msunet::unet {
namespace {

using Names = std::set<std::string>;

Names frozen(const Hyperparameters& hyperparameters) {
    Names names;
    const Architecture architecture = published_architecture();
    for (const Layer& each : architecture.layers()) {
        if (each.has_weights() && !is_trainable(each, hyperparameters)) {
            names.emplace(each.name);
        }
    }
    return names;
}

const std::vector<std::string> convolutions{"conv1_1",  "conv1_2", "conv2_1", "conv2_2", "conv3_1",
                                            "conv_3_2", "conv4_1", "conv4_2", "conv5_1", "conv5_2",
                                            "conv6_1",  "conv6_2", "conv7_1", "conv7_2", "conv8_1",
                                            "conv8_2",  "conv9_1", "conv9_2", "conv9_3"};

TEST(Trainability, WhichLayerCountsConvolutionsFromTheInput) {
    for (std::int64_t which = 0; which <= 19; ++which) {
        Hyperparameters hyperparameters;
        hyperparameters.which_layer = which;
        EXPECT_EQ(frozen(hyperparameters), Names(convolutions.begin() + which, convolutions.end()))
            << "which_layer " << which;
    }
}

Names blocks(int first, int last, const std::string& suffix_one, const std::string& suffix_two) {
    Names names;
    for (int block = first; block <= last; ++block) {
        names.insert("conv" + std::to_string(block) + suffix_one);
        names.insert("conv" + std::to_string(block) + suffix_two);
    }
    return names;
}

TEST(Trainability, EachFlagFreezesItsLayersAlone) {
    EXPECT_TRUE(frozen({}).empty());
    Hyperparameters h;
    h.score_trainable = false;
    EXPECT_EQ(frozen(h), Names{"score"});
    h = {};
    h.contracting_batch_norm_trainable = false;
    EXPECT_EQ(frozen(h), blocks(1, 5, "_1_bn", "_2_bn"));
    h = {};
    h.expanding_batch_norm_trainable = false;
    EXPECT_EQ(frozen(h), blocks(6, 9, "_1_bn", "_2_bn"));
    h = {};
    h.upsampling_trainable = false;
    EXPECT_EQ(frozen(h), (Names{"up6", "up7", "up8", "up9"}));
    h = {};
    h.upsampling_batch_norm_trainable = false;
    EXPECT_EQ(frozen(h), (Names{"up6_bn", "up7_bn", "up8_bn", "up9_bn"}));
}

TEST(Trainability, MovingStatisticsAreNeverTrained) {
    const Architecture architecture = published_architecture();
    std::size_t statistics = 0;
    std::size_t elements = 0;
    for (const Tensor& tensor : architecture.tensors()) {
        const bool moving = tensor.name.find("/moving_") != std::string::npos;
        EXPECT_EQ(tensor.statistic, moving) << tensor.name;
        statistics += moving ? 1 : 0;
        elements += moving ? 0 : tensor.elements;
    }
    EXPECT_EQ(statistics, 44U);
    EXPECT_EQ(architecture.trainable_parameter_count({}), elements);
    Hyperparameters none;
    none.which_layer = 0;
    none.score_trainable = none.upsampling_trainable = false;
    none.contracting_batch_norm_trainable = none.expanding_batch_norm_trainable = false;
    none.upsampling_batch_norm_trainable = false;
    EXPECT_EQ(architecture.trainable_parameter_count(none), 0U);
}

}  // namespace
}  // namespace msunet::unet
