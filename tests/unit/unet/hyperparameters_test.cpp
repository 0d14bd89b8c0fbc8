// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/hyperparameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "msunet/core/error.hpp"

namespace msunet::unet {
namespace {

using core::Permutation;
using core::Value;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Text = std::string;

TEST(Hyperparameters, DefaultsAreWithinTheirOwnRanges) {
    core::TextCollector collector;
    Hyperparameters defaults;
    describe(collector, defaults);
    Permutation permutation;
    for (const auto& option : collector.texts()) {
        permutation[option.name] = core::value_of_word(option.text);
    }
    EXPECT_EQ(from_permutation(permutation), Hyperparameters{});
    EXPECT_EQ(from_permutation({}), Hyperparameters{});
    EXPECT_EQ(permutation.size(), 22U);
}

TEST(Hyperparameters, EveryKeyIsRead) {
    const Hyperparameters read =
        from_permutation({{"epochs", std::int64_t{3}},
                          {"losses", Text("bce")},
                          {"optimizer", Text("sgd")},
                          {"lr", 0.01},
                          {"batch_size", std::int64_t{8}},
                          {"finalActivation", Text("tanh")},
                          {"dropout", std::int64_t{0}},
                          {"which_layer", 5.0},
                          {"patch_dimensions", std::int64_t{96}},
                          {"patch_stride", std::int64_t{16}},
                          {"scoreTrainable", false},
                          {"expandingBatchNormTrainable", Text("False")},
                          {"contractingBatchNormTrainable", std::int64_t{0}},
                          {"upsamplingTrainable", false},
                          {"upsamplingBatchNormTrainable", false},
                          {"pca_only", true},
                          {"modality_weight", Text("fmri")},
                          {"weight_factor", 2.5},
                          {"early_stopping", std::int64_t{4}},
                          {"restore_best", true},
                          {"lr_schedule", Text("cosine")},
                          {"online_augmentation", Text("Strong")}});
    Hyperparameters expected;
    expected.epochs = 3;
    expected.losses = "binary_crossentropy";
    expected.optimizer = "SGD";
    expected.lr = 0.01;
    expected.batch_size = 8;
    expected.final_activation = "tanh";
    expected.dropout = 0;
    expected.which_layer = 5;
    expected.patch_dimensions = 96;
    expected.patch_stride = 16;
    expected.score_trainable = expected.expanding_batch_norm_trainable = false;
    expected.contracting_batch_norm_trainable = expected.upsampling_trainable = false;
    expected.upsampling_batch_norm_trainable = false;
    expected.pca_only = expected.restore_best = true;
    expected.modality_weight = core::Modality::fmri;
    expected.weight_factor = 2.5;
    expected.early_stopping = 4;
    expected.lr_schedule = LrSchedule::cosine;
    expected.online_augmentation = core::AugmentationLevel::strong;
    EXPECT_EQ(read, expected);
}

TEST(Hyperparameters, KeysInEverySpelling) {
    EXPECT_EQ(canonical_key("batch size"), "batch_size");
    EXPECT_EQ(canonical_key("batch-size"), "batch_size");
    EXPECT_EQ(canonical_key("final_activation"), "finalActivation");
    EXPECT_EQ(canonical_key("pca only"), "pca_only");
    EXPECT_FALSE(canonical_key("batch"));
    EXPECT_EQ(from_permutation({{"patch dimensions", std::int64_t{64}}}).patch_dimensions, 64);
}

TEST(Hyperparameters, NoneClearsAndDefaultsGiveWay) {
    Hyperparameters defaults;
    defaults.modality_weight = core::Modality::dti;
    defaults.weight_factor = 3;
    defaults.early_stopping = 2;
    EXPECT_EQ(from_permutation({}, defaults), defaults);
    const auto cleared = from_permutation(
        {{"modality_weight", Value{}}, {"early_stopping", Text("none")}}, defaults);
    EXPECT_FALSE(cleared.modality_weight);
    EXPECT_FALSE(cleared.early_stopping);
    EXPECT_EQ(cleared.weight_factor, 3);
    defaults.online_augmentation = core::AugmentationLevel::light;
    for (const auto& none : {Value{}, Value(Text("none"))}) {
        EXPECT_EQ(from_permutation({{"online_augmentation", none}}, defaults).online_augmentation,
                  core::AugmentationLevel::none);
    }
}

std::vector<std::string> problems(const Permutation& permutation) {
    try {
        static_cast<void>(from_permutation(permutation));
    } catch (const core::UsageError& error) {
        return error.problems();
    }
    return {};
}

TEST(Hyperparameters, AllProblemsAreListedAtOnce) {
    EXPECT_EQ(problems({{"batchsizes", std::int64_t{1}},
                        {"lr", 0.0},
                        {"losses", Text("categorical_hinge")},
                        {"scoreTrainable", Text("maybe")},
                        {"which_layer", std::int64_t{20}}})
                  .size(),
              5U);
    EXPECT_THAT(problems({{"which_layer", std::int64_t{20}}}),
                ElementsAre(AllOf(HasSubstr("which_layer"), HasSubstr("20"), HasSubstr("19"))));
    EXPECT_THAT(problems({{"batch_sizes", std::int64_t{8}}}),
                ElementsAre(AllOf(HasSubstr("'batch_sizes' is unknown"),
                                  HasSubstr("did you mean 'batch_size'"))));
    EXPECT_THAT(problems({{"batch size", std::int64_t{8}}, {"batch_size", std::int64_t{8}}}),
                ElementsAre(HasSubstr("twice")));
    EXPECT_THAT(problems({{"epochs", 2.5}}), ElementsAre(HasSubstr("an integer")));
}

TEST(Hyperparameters, RangesAreThoseOfTheGuide) {
    for (const Permutation& wrong :
         std::vector<Permutation>{{{"epochs", std::int64_t{0}}},
                                  {{"lr", -0.1}},
                                  {{"lr", Text("fast")}},
                                  {{"batch_size", std::int64_t{0}}},
                                  {{"dropout", 1.0}},
                                  {{"dropout", -0.1}},
                                  {{"which_layer", std::int64_t{-1}}},
                                  {{"patch_dimensions", std::int64_t{100}}},
                                  {{"patch_dimensions", std::int64_t{0}}},
                                  {{"patch_stride", std::int64_t{0}}},
                                  {{"weight_factor", -1.0}},
                                  {{"modality_weight", Text("ct")}},
                                  {{"early_stopping", std::int64_t{0}}},
                                  {{"lr_schedule", Text("step")}},
                                  {{"optimizer", std::int64_t{3}}},
                                  {{"epochs", Value{}}}}) {
        EXPECT_EQ(problems(wrong).size(), 1U) << wrong.begin()->first;
    }
}

TEST(Hyperparameters, GoThroughAPermutationUnchanged) {
    Hyperparameters h;
    h.lr = 0.02;
    h.which_layer = 3;
    h.score_trainable = false;
    h.modality_weight = core::Modality::dti;
    const auto permutation = to_permutation(h);
    EXPECT_EQ(permutation.size(), hyperparameter_keys().size());
    EXPECT_EQ(permutation.at("early_stopping"), Value{});
    EXPECT_EQ(from_permutation(permutation), h);
}

TEST(Hyperparameters, HarmlessButUselessChoicesAreWarnedOf) {
    Hyperparameters h;
    EXPECT_TRUE(warnings_for(h).empty());
    h.losses = "cosine_similarity";
    h.final_activation = "softmax";
    EXPECT_THAT(warnings_for(h), ElementsAre(HasSubstr("cosine_similarity"), HasSubstr("softmax")));
}

class Lister final : public core::UniformVisitor<Lister> {
public:
    template <class T>
    void option(const core::OptionInfo& info, T& /*value*/) {
        infos.emplace(info.name, info);
    }
    std::map<std::string_view, core::OptionInfo> infos;
};

TEST(Hyperparameters, SomeAreOptionsWithTheGuidesNames) {
    Lister lister;
    Hyperparameters h;
    describe_options(lister, h);
    EXPECT_THAT(lister.infos.at("modality_weight").aliases, ElementsAre("mw"));
    EXPECT_THAT(lister.infos.at("modality_weight").choices,
                ElementsAre("none", "anatomical", "dti", "noddi", "regwarp", "fmri"));
    EXPECT_THAT(lister.infos.at("weight_factor").aliases, ElementsAre("wf"));
    EXPECT_TRUE(lister.infos.contains("early_stopping"));
    EXPECT_TRUE(lister.infos.contains("restore_best"));
    for (const auto& [name, info] : lister.infos) {
        EXPECT_EQ(info.affects, core::Affects::result) << name;
    }
}

}  // namespace
}  // namespace msunet::unet
