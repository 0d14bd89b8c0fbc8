// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/step_values.hpp"

#include <gtest/gtest.h>

#include <string>

namespace msunet::unet {
namespace {

std::uint64_t key_of(const core::Permutation& permutation, bool fixed_patches = true) {
    return stream_key(from_permutation(permutation), fixed_patches);
}

TEST(StepValues, LeaveOutWhatChangesNoStep) {
    const auto plain = key_of({});
    EXPECT_EQ(key_of({{"epochs", std::int64_t{3}},
                      {"early_stopping", std::int64_t{2}},
                      {"restore_best", true},
                      {"pca_only", true}}),
              plain);
    EXPECT_EQ(key_of({{"online_augmentation", std::string("none")}}), plain);
    EXPECT_EQ(key_of({{"modality_weight", std::string("fmri")}}), plain);
    EXPECT_EQ(key_of({{"weight_factor", 3.0}}), plain);
    EXPECT_NE(key_of({{"modality_weight", std::string("fmri")}, {"weight_factor", 3.0}}), plain);
    EXPECT_EQ(key_of({{"patch_dimensions", std::int64_t{64}}}, false), key_of({}, false));
    EXPECT_NE(key_of({{"patch_dimensions", std::int64_t{64}}}), plain);
}

TEST(StepValues, DependOnEveryOtherKey) {
    const core::Permutation others{{"losses", std::string("mse")},
                                   {"optimizer", std::string("SGD")},
                                   {"lr", 0.25},
                                   {"batch_size", std::int64_t{7}},
                                   {"finalActivation", std::string("tanh")},
                                   {"dropout", 0.25},
                                   {"which_layer", std::int64_t{3}},
                                   {"patch_stride", std::int64_t{7}},
                                   {"scoreTrainable", false},
                                   {"expandingBatchNormTrainable", false},
                                   {"contractingBatchNormTrainable", false},
                                   {"upsamplingTrainable", false},
                                   {"upsamplingBatchNormTrainable", false},
                                   {"lr_schedule", std::string("cosine")},
                                   {"online_augmentation", std::string("light")}};
    for (const auto& [name, value] : others) EXPECT_NE(key_of({{name, value}}), key_of({})) << name;
    // These, the one pair of weights, patch_dimensions and the four that end a training are all
    // keys.
    EXPECT_EQ(others.size() + 2 + 1 + 4, hyperparameter_keys().size());
}

TEST(StepValues, AreTheSameInEverySpelling) {
    EXPECT_EQ(key_of({{"lr", 1e-3}, {"optimizer", std::string("adam")}}), key_of({}));
    EXPECT_EQ(
        key_of({{"losses", std::string("mse")}, {"batch_size", 8.0}}),
        key_of({{"losses", std::string("mean_squared_error")}, {"batch_size", std::int64_t{8}}}));
}

// The key is part of what a seed means: it must not change between releases.
TEST(StepValues, HaveAFixedHash) { EXPECT_EQ(key_of({}), 13775690569719077005U); }

std::string training_of(const core::Permutation& permutation, bool fixed_patches = true) {
    return training_values(from_permutation(permutation), fixed_patches);
}

TEST(TrainingValues, LeaveOutWhereATrialEnds) {
    EXPECT_EQ(training_of({{"epochs", std::int64_t{3}},
                           {"early_stopping", std::int64_t{2}},
                           {"restore_best", true}}),
              training_of({}));
    EXPECT_EQ(training_of({{"patch_dimensions", std::int64_t{64}}}, false), training_of({}, false));
    EXPECT_NE(training_of({{"lr", 0.5}}), training_of({}));
}

TEST(TrainingValues, HaveTheEpochsWhereTheLearningRateDependsOnThem) {
    for (const auto* schedule : {"constant", "plateau", "cosine"}) {
        const core::Permutation shorter{{"lr_schedule", std::string(schedule)},
                                        {"epochs", std::int64_t{3}}};
        core::Permutation longer = shorter;
        longer["epochs"] = std::int64_t{4};
        EXPECT_EQ(training_of(shorter) == training_of(longer), std::string(schedule) != "cosine");
        auto stopping = shorter;
        stopping["early_stopping"] = std::int64_t{1};
        EXPECT_EQ(training_of(shorter), training_of(stopping)) << schedule;
    }
}

TEST(CanonicalValue, KeepsWhatIsNotValid) {
    EXPECT_EQ(canonical_value("optimizer", std::string("adam")), core::Value(std::string("Adam")));
    EXPECT_EQ(canonical_value("optimizer", std::string("best")), core::Value(std::string("best")));
    EXPECT_EQ(canonical_value("lr", std::int64_t{1}), core::Value(1.0));
    EXPECT_EQ(canonical_value("modality_weight", std::string("none")), core::Value());
    EXPECT_EQ(canonical_value("nothing", 1.0), core::Value(1.0));
}

}  // namespace
}  // namespace msunet::unet
