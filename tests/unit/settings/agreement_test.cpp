// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/agreement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"

namespace msunet::settings {
namespace {

using testing::HasSubstr;

weights::TrainedModel model_of(const std::string& origin) {
    return {.architecture = unet::published_architecture(),
            .origin = origin,
            .preprocessing = {{"target_size", "32"},
                              {"slice_axis", "3"},
                              {"frame", "1"},
                              {"use_frac_patch", "True"},
                              {"frac_patch", "0.75"},
                              {"frac_stride", "0.25"},
                              {"outlier_value", "ten_means"}},
            .final_activation = "sigmoid"};
}

/// What forbids to average these models; empty: nothing.
std::string disagreement(const std::vector<weights::TrainedModel>& models,
                         config::Settings options = {}) {
    for (const auto* required : {"model", "input", "output"}) {
        options.push_back({.name = required, .values = {"x"}, .origin = {}});
    }
    try {
        check_agreement(models, options);
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return {};
}

/// A model that differs in one aspect, how its message names it, and the option that heals it.
struct Difference {
    const char* aspect;
    void (*change)(weights::TrainedModel& model);
    const char* option;
    const char* value;
};

const std::vector<Difference> differences{
    {"resampling (-ts 32; -ts 64)",
     [](weights::TrainedModel& model) { model.preprocessing["target_size"] = "64"; }, "target_size",
     "48"},
    {"axis of slices (3; 1)",
     [](weights::TrainedModel& model) { model.preprocessing["slice_axis"] = "1"; }, "slice_axis",
     "2"},
    {"frame of 4-D scans (1; 7)",
     [](weights::TrainedModel& model) { model.preprocessing["frame"] = "7"; }, "frame", "2"},
    {"windows (0.75 of the slice every 0.25; 0.5 of the slice every 0.25)",
     [](weights::TrainedModel& model) { model.preprocessing["frac_patch"] = "0.5"; }, "frac_patch",
     "0.6"},
    {"outlier value (ten_means; median)",
     [](weights::TrainedModel& model) { model.preprocessing["outlier_value"] = "median"; },
     "outlier_value", "median"},
    {"final activation (sigmoid; tanh)",
     [](weights::TrainedModel& model) { model.final_activation = "tanh"; }, "final_activation",
     "sigmoid"},
};

TEST(EnsembleAgreement, EveryAspectIsComparedAndAnOptionMakesThemAgree) {
    EXPECT_EQ(disagreement({model_of("a.h5"), model_of("b.h5")}), "");
    for (const Difference& difference : differences) {
        std::vector<weights::TrainedModel> models{model_of("a.h5"), model_of("b.h5"),
                                                  model_of("c.h5")};
        difference.change(models.back());
        EXPECT_THAT(disagreement(models),
                    HasSubstr(std::string("'a.h5' and 'c.h5' differ in the ") + difference.aspect))
            << difference.option;
        const config::Setting healing{
            .name = difference.option, .values = {difference.value}, .origin = {}};
        EXPECT_EQ(disagreement(models, {healing}), "") << difference.option;
    }
}

TEST(EnsembleAgreement, ModelsOfDifferentInputSizesAreRefused) {
    std::vector<weights::TrainedModel> models{model_of("a.h5"), model_of("b.h5")};
    models.back().input_height = 96;
    models.back().input_width = 64;
    EXPECT_THAT(disagreement(models), HasSubstr("input size (0 x 0 pixels; 96 x 64 pixels)"));
}

}  // namespace
}  // namespace msunet::settings
