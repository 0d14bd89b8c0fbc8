// SPDX-License-Identifier: Apache-2.0
/// \file
/// All options of `msunet predict`: those of the command line, else those in the model's file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "msunet/config/parse.hpp"
#include "msunet/config/schema.hpp"
#include "msunet/core/options.hpp"
#include "msunet/data/options.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/predict/options.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::settings {

/// The effective settings of a prediction.
struct PredictSettings {
    predict::PredictOptions predict;
    imaging::PreprocessOptions preprocess;
    data::PatchOptions patches;
    predict::ModelOptions model;

    /// Whether slices are mirrored, too: --flip where it has an effect.
    [[nodiscard]] bool mirrors() const {
        return predict.flip && preprocess.columns_run_left_right();
    }
};

/// The options of `msunet predict` in the sections of its help. Refers to `settings`.
[[nodiscard]] config::Schema predict_schema(PredictSettings& settings);

/// The command line alone, without the model: `model` and the files. Throws core::UsageError.
[[nodiscard]] PredictSettings read_predict_settings(const config::Settings& command_line);

/// The preprocessing options in the model's file, overridden by the command line. Where two options
/// exclude each other, that of the command line is used. `outlier_value` and `final_activation` are
/// set. Throws core::UsageError, and core::InputError where the model needs a newer version.
[[nodiscard]] PredictSettings combine_settings(const weights::TrainedModel& model,
                                               const config::Settings& command_line);

/// The effective settings as YAML, and back: how the other ranks get those of rank 0.
[[nodiscard]] std::string predict_settings_yaml(const PredictSettings& settings);
[[nodiscard]] PredictSettings predict_settings_from_yaml(const std::string& yaml);

/// The options that change results, each as it takes effect: those without effect are left out.
[[nodiscard]] std::vector<core::OptionText> result_options(const PredictSettings& settings);

/// "-ts 128" or "-hspace 0.08 -vspace 0.76".
[[nodiscard]] std::string resampling_text(const imaging::PreprocessOptions& options);

/// "0.75 of the slice every 0.125", or in pixels.
[[nodiscard]] std::string windows_text(const PredictSettings& settings);

/// ", each slice also mirrored", or nothing.
[[nodiscard]] std::string mirrors_text(const PredictSettings& settings);

/// "-ts 128, windows of 0.75 of the slice …, sigmoid": for the first lines.
[[nodiscard]] std::string settings_text(const PredictSettings& settings);

}  // namespace msunet::settings
