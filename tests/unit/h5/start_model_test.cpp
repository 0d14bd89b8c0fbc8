// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/start_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "msunet/core/error.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

KerasFile small_file() { return {test::small_layers(), {}, {}}; }

TEST(StartModel, IsMatchedByOrderAndShape) {
    KerasFile file = small_file();
    file.layers[1].name = "conv2d_17";
    file.layers[1].weights[0].name = "conv2d_17/kernel:0";
    const auto wanted = test::flat(test::small_layers());
    const MatchedModel matched = match_start_model(file, wanted, "m.h5");
    EXPECT_EQ(matched.weights, wanted);
    EXPECT_THAT(matched.renamed, ElementsAre("'conv2d_17' for conv"));
    EXPECT_TRUE(match_start_model(small_file(), wanted, "m.h5").renamed.empty());
}

std::vector<std::string> problems(const std::function<void(KerasFile&)>& change) {
    KerasFile file = small_file();
    change(file);
    try {
        static_cast<void>(match_start_model(file, test::flat(test::small_layers()), "m.h5"));
    } catch (const core::InputError& error) {
        return error.problems();
    }
    return {};
}

TEST(StartModel, EveryDifferenceIsNamed) {
    const auto shapes = problems([](KerasFile& file) {
        file.layers[1].weights[0] = test::array("conv/kernel:0", {3, 3, 1, 3}, 0);
        file.layers[2].weights[3] = test::variances("conv_bn/moving_variance:0", {4}, 0);
    });
    ASSERT_EQ(shapes.size(), 2U);
    EXPECT_THAT(shapes[0], HasSubstr("'m.h5'"));
    EXPECT_THAT(shapes[0], HasSubstr("layer 'conv'"));
    EXPECT_THAT(shapes[0], HasSubstr("has shape (3, 3, 1, 3), expected (2, 2, 1, 3)"));
    EXPECT_THAT(shapes[1], HasSubstr("has shape (4), expected (3)"));

    EXPECT_THAT(problems([](KerasFile& file) { file.layers.pop_back(); }),
                ElementsAre(HasSubstr("1 layers with weights, expected 2")));
    EXPECT_THAT(problems([](KerasFile& file) { file.layers[1].weights.pop_back(); }),
                ElementsAre(HasSubstr("has 1 weights, expected 2")));
    EXPECT_THAT(problems([](KerasFile& file) {
                    file.layers[1].weights[1].values[0] = std::numeric_limits<float>::quiet_NaN();
                }),
                ElementsAre(HasSubstr("NaN")));
    EXPECT_THAT(problems([](KerasFile& file) { file.layers[2].weights[3].values[1] = -1e-6F; }),
                ElementsAre(HasSubstr("'conv_bn/moving_variance:0' holds negative numbers")));
    EXPECT_THAT(problems([](KerasFile& file) { file.layers[2].weights[2].values[1] = -1; }),
                testing::IsEmpty());
}

TEST(StartModel, IsSortedWhereTheFileGroupsLayersByClass) {
    std::vector<KerasLayer> layers = test::small_layers();
    for (const KerasLayer& layer : test::small_layers()) layers.push_back(layer);
    layers[4].weights[1].values[0] = 7;
    const auto wanted = KerasFile{layers, {}, {}}.weights();
    // conv_bn, conv_bn, conv, conv
    KerasFile file{{layers[2], layers[5], layers[1], layers[4]}, {}, {}};
    file.by_class = true;
    std::vector<core::NamedArray> shapes = wanted;
    for (std::size_t i = 6; i < shapes.size(); ++i) shapes[i].name.insert(0, "second_");
    const auto matched = match_start_model(file, shapes, "m.h5");
    ASSERT_EQ(matched.weights.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(matched.weights[i].values, wanted[i].values) << i;
    }
    file.by_class = false;
    EXPECT_THROW(static_cast<void>(match_start_model(file, shapes, "m.h5")), core::InputError);
}

}  // namespace
}  // namespace msunet::h5
