// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "msunet/core/error.hpp"

namespace msunet::unet {
namespace {

using testing::HasSubstr;

TEST(Names, CanonicalNamesAreTheirOwn) {
    for (const auto name : loss_names()) {
        EXPECT_EQ(canonical_loss(name), name);
    }
    for (const auto name : optimizer_names()) {
        EXPECT_EQ(canonical_optimizer(name), name);
    }
    for (const auto name : activation_names()) {
        EXPECT_EQ(canonical_activation(name), name);
    }
    EXPECT_EQ(loss_names().size(), 14U);
    EXPECT_EQ(optimizer_names().size(), 11U);
    EXPECT_EQ(activation_names().size(), 14U);
}

TEST(Names, AliasesOfKerasAndTheGuide) {
    EXPECT_EQ(canonical_loss("bce"), "binary_crossentropy");
    EXPECT_EQ(canonical_loss("MSE"), "mean_squared_error");
    EXPECT_EQ(canonical_loss("mae"), "mean_absolute_error");
    EXPECT_EQ(canonical_loss("mape"), "mean_absolute_percentage_error");
    EXPECT_EQ(canonical_loss("msle"), "mean_squared_logarithmic_error");
    EXPECT_EQ(canonical_loss("kld"), "kl_divergence");
    EXPECT_EQ(canonical_loss("logcosh"), "log_cosh");
    EXPECT_EQ(canonical_loss("dice coef loss"), "dice_coef_loss");
    EXPECT_EQ(canonical_loss("BinaryFocalCrossentropy"), "binary_focal_crossentropy");
    EXPECT_EQ(canonical_optimizer("adam"), "Adam");
    EXPECT_EQ(canonical_optimizer("sgd"), "SGD");
    EXPECT_EQ(canonical_activation("silu"), "swish");
    EXPECT_EQ(canonical_activation("Sigmoid"), "sigmoid");
}

std::string refusal(const std::function<std::string()>& lookup) {
    try {
        return lookup();
    } catch (const core::UsageError& error) {
        return error.what();
    }
}

TEST(Names, OthersAreRefusedWithAReason) {
    for (const char* name : {"categorical_crossentropy", "categorical_hinge",
                             "categorical_focal_crossentropy", "sparse_categorical_crossentropy"}) {
        EXPECT_THAT(refusal([&] { return canonical_loss(name); }), HasSubstr("one channel"));
    }
    const auto typo = refusal([] { return canonical_loss("binary_crosentropy"); });
    EXPECT_THAT(typo, HasSubstr("did you mean 'binary_crossentropy'"));
    EXPECT_THAT(typo, HasSubstr("allowed is dice_coef_loss"));
    EXPECT_THAT(refusal([] { return canonical_optimizer("LBFGS"); }), HasSubstr("'LBFGS'"));
    EXPECT_THAT(refusal([] { return canonical_activation("none"); }),
                HasSubstr("activation is 'none', allowed is linear"));
}

}  // namespace
}  // namespace msunet::unet
