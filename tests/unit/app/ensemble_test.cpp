// SPDX-License-Identifier: Apache-2.0
#include "app/ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"

namespace msunet::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TrainedModel model_of(const std::string& origin) {
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
std::string disagreement(const std::vector<TrainedModel>& models, config::Settings options = {}) {
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
    void (*change)(TrainedModel& model);
    const char* option;
    const char* value;
};

const std::vector<Difference> differences{
    {"resampling (-ts 32; -ts 64)",
     [](TrainedModel& model) { model.preprocessing["target_size"] = "64"; }, "target_size", "48"},
    {"axis of slices (3; 1)", [](TrainedModel& model) { model.preprocessing["slice_axis"] = "1"; },
     "slice_axis", "2"},
    {"frame of 4-D scans (1; 7)", [](TrainedModel& model) { model.preprocessing["frame"] = "7"; },
     "frame", "2"},
    {"windows (0.75 of the slice every 0.25; 0.5 of the slice every 0.25)",
     [](TrainedModel& model) { model.preprocessing["frac_patch"] = "0.5"; }, "frac_patch", "0.6"},
    {"outlier value (ten_means; median)",
     [](TrainedModel& model) { model.preprocessing["outlier_value"] = "median"; }, "outlier_value",
     "median"},
    {"final activation (sigmoid; tanh)",
     [](TrainedModel& model) { model.final_activation = "tanh"; }, "final_activation", "sigmoid"},
};

TEST(EnsembleAgreement, EveryAspectIsComparedAndAnOptionMakesThemAgree) {
    EXPECT_EQ(disagreement({model_of("a.h5"), model_of("b.h5")}), "");
    for (const Difference& difference : differences) {
        std::vector<TrainedModel> models{model_of("a.h5"), model_of("b.h5"), model_of("c.h5")};
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
    std::vector<TrainedModel> models{model_of("a.h5"), model_of("b.h5")};
    models.back().input_height = 96;
    models.back().input_width = 64;
    EXPECT_THAT(disagreement(models), HasSubstr("input size (0 x 0 pixels; 96 x 64 pixels)"));
}

TEST(EnsembleNotices, EqualOnesAreSaidOnce) {
    std::vector<TrainedModel> models;
    for (const auto* name : {"a.h5", "b.h5", "c.h5", "d.h5", "e.h5", "f.h5"}) {
        models.push_back(model_of(name));
    }
    for (const std::size_t i : {0U, 2U, 3U}) models[i].notice = "conv named otherwise";
    models[4].notice = "all named otherwise";
    EXPECT_THAT(notices_of(models), ElementsAre("model 'a.h5' and 2 others: conv named otherwise",
                                                "model 'e.h5': all named otherwise"));
    models[3].notice.clear();
    EXPECT_THAT(notices_of(models),
                ElementsAre(HasSubstr("'a.h5' and one other: conv"), HasSubstr("'e.h5'")));
}

}  // namespace
}  // namespace msunet::app
