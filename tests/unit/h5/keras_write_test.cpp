// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

using test::small_layers;

void expect_same_layers(const std::vector<KerasLayer>& found,
                        const std::vector<KerasLayer>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].name, expected[i].name);
        EXPECT_EQ(found[i].weights, expected[i].weights) << "layer " << found[i].name;
    }
}

TEST(KerasWrite, WeightsComeBackToTheBit) {
    const test::Folder folder;
    write_keras_weights(folder / "w.h5", small_layers(), {{"mode", "2"}, {"empty", ""}});
    const KerasFile file = read_keras_file(folder / "w.h5");
    expect_same_layers(file.layers, small_layers());
    EXPECT_FALSE(file.model_config);
    EXPECT_EQ(
        file.attributes,
        (std::map<std::string, std::string>{
            {"backend", "tensorflow"}, {"keras_version", "2.15.0"}, {"mode", "2"}, {"empty", ""}}));
}

TEST(KerasWrite, WholeModelHoldsItsConfiguration) {
    const test::Folder folder;
    const std::string config(40000, 'j');
    write_keras_model(folder / "m.h5", small_layers(), config, {{"target_size", "128"}});
    const KerasFile file = read_keras_file(folder / "m.h5");
    expect_same_layers(file.layers, small_layers());
    EXPECT_EQ(file.model_config, config);
    EXPECT_EQ(file.attributes.at("target_size"), "128");
    EXPECT_EQ(file.attributes.at("keras_version"), "2.15.0");
}

TEST(KerasWrite, EqualContentGivesEqualBytes) {
    const auto first = keras_model_image(small_layers(), "{}", {{"a", "1"}});
    // Times in the file would differ after a second.
    sleep(1);
    EXPECT_EQ(first, keras_model_image(small_layers(), "{}", {{"a", "1"}}));
    EXPECT_NE(first, keras_model_image(small_layers(), "{}", {{"a", "2"}}));
}

TEST(KerasWrite, WeightsAreGroupedByLayer) {
    const std::vector<std::string> names{"input_1", "conv", "conv_bn"};
    const auto weights = test::flat(small_layers());
    expect_same_layers(group_by_layer(names, weights), small_layers());
    const std::vector<std::string> fewer{"input_1", "conv"};
    EXPECT_THROW(static_cast<void>(group_by_layer(fewer, weights)), core::Error);
}

}  // namespace
}  // namespace msunet::h5
