// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/agreement.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/settings/predict_settings.hpp"

namespace msunet::settings {

using core::concat;
using core::quoted;

namespace {

/// A setting in which models may differ.
struct Aspect {
    const char* name;
    std::string text;
};

std::array<Aspect, 7> aspects_of(const weights::TrainedModel& model,
                                 const PredictSettings& settings) {
    const auto& scale = settings.preprocess;
    return {{{"resampling", resampling_text(scale)},
             {"axis of slices", std::string(core::name_of(scale.axis_of_slices()))},
             {"frame of 4-D scans", std::to_string(scale.frame)},
             {"windows", windows_text(settings)},
             {"outlier value", std::string(core::name_of(*settings.model.outlier_value))},
             {"final activation", *settings.model.final_activation},
             {"input size", concat(model.input_height, " x ", model.input_width, " pixels")}}};
}

}  // namespace

void check_agreement(std::span<const weights::TrainedModel> models,
                     const config::Settings& command_line) {
    const auto of = [&](const weights::TrainedModel& model) {
        return aspects_of(model, combine_settings(model, command_line));
    };
    const auto first = of(models.front());
    for (const weights::TrainedModel& model : models.subspan(1)) {
        const auto other = of(model);
        const auto [mine, theirs] =
            std::ranges::mismatch(first, other, {}, &Aspect::text, &Aspect::text);
        if (mine == first.end()) continue;
        throw core::UsageError(
            {.option = "--ensemble",
             .path = model.origin,
             .expected = mine->text,
             .problem = concat(": ", quoted(models.front().origin), " and ", quoted(model.origin),
                               " differ in the ", mine->name),
             .why = concat(mine->text, "; ", theirs->text),
             .advice = "so that their likelihoods can't be averaged: give models that were trained "
                       "with the same preprocessing and patches"});
    }
}

}  // namespace msunet::settings
