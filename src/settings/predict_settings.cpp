// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/predict_settings.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "msunet/config/print.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::settings {

using core::concat;

namespace {

bool gave(const config::Settings& settings, std::string_view name) {
    return config::given_value(settings, name).has_value();
}

/// Whether the command line selects the mode of resampling that this option of the model does not
/// belong to.
bool overridden(std::string_view name, const config::Settings& command_line) {
    const bool by_spacing = gave(command_line, "horizontal_interpolation_spacing") ||
                            gave(command_line, "interlayer_interpolation_spacing");
    if (name == "target_size") return by_spacing;
    return name.ends_with("_interpolation_spacing") && gave(command_line, "target_size");
}

/// The options in the model's file, in the form of a configuration file.
config::Settings settings_of(const weights::TrainedModel& model, const config::Schema& schema,
                             const config::Settings& command_line) {
    config::Settings settings;
    for (const auto& info : schema.infos()) {
        const auto found = model.preprocessing.find(std::string(info.name));
        if (found == model.preprocessing.end() || found->second == "none") continue;
        if (overridden(info.name, command_line)) continue;
        settings.push_back({.name = found->first,
                            .values = {found->second},
                            .origin = concat(model.origin, ": ", found->first)});
    }
    return settings;
}

void check_normalisation(const weights::TrainedModel& model) {
    const auto found = model.preprocessing.find("normalisation");
    if (found == model.preprocessing.end() || found->second == "min_max") return;
    throw core::InputError(
        {.path = model.origin,
         .got = found->second,
         .expected = "min_max",
         .problem = concat("was trained with normalisation ", core::quoted(found->second),
                           ", which this version does not have"),
         .advice = "use a newer msunet"});
}

/// Sizes in pixels select fixed patches, fractions fractional ones.
void choose_patches(PredictSettings& settings, const config::Settings& command_line) {
    const bool fixed = gave(command_line, "patch_dimensions") || gave(command_line, "patch_stride");
    const bool fractional = gave(command_line, "frac_patch") || gave(command_line, "frac_stride");
    const auto asked = config::given_value(command_line, "use_frac_patch");
    bool& use_fractions = settings.patches.use_frac_patch;
    if ((fixed && fractional) || (asked && use_fractions && fixed) ||
        (asked && !use_fractions && fractional)) {
        throw core::UsageError(
            {.option = "-ufp",
             .problem = ": fixed patches (--patch_dimensions, --patch_stride, -ufp False) and "
                        "fractional ones (-fp, -fs, -ufp True) can't be combined",
             .advice = "give options of one kind"});
    }
    if (fixed) use_fractions = false;
    if (fractional) use_fractions = true;
}

/// "auto" on the command line is the axis of the model's training, too.
void choose_slice_axis(PredictSettings& settings, const weights::TrainedModel& model) {
    auto& axis = settings.preprocess.slice_axis;
    const auto found = model.preprocessing.find("slice_axis");
    if (axis == imaging::SliceAxis::automatic && found != model.preprocessing.end()) {
        axis = core::value_named<imaging::SliceAxis>(found->second).value_or(axis);
    }
    axis = settings.preprocess.axis_of_slices();
}

std::string activation_of(const PredictSettings& settings, const weights::TrainedModel& model) {
    const auto& asked = settings.model.final_activation;
    const auto name = asked ? *asked : model.final_activation.value_or("sigmoid");
    try {
        return unet::canonical_activation(name);
    } catch (const core::UsageError& error) {
        core::Problem problem = error.data().front();
        problem.advice += "; give the activation of the model's last layer with --final_activation";
        throw core::UsageError(problem);
    }
}

}  // namespace

config::Schema predict_schema(PredictSettings& settings) {
    config::Schema schema("predict");
    schema.add("Model, input and output", settings.predict)
        .add("Preprocessing (default: that in the model's file, else the one shown)",
             settings.preprocess)
        .add("Windows and output of the network (default: likewise)", settings.patches)
        .add("Windows and output of the network (default: likewise)", settings.model);
    return schema;
}

PredictSettings read_predict_settings(const config::Settings& command_line) {
    PredictSettings settings;
    config::apply(predict_schema(settings), {}, command_line);
    check_modes(settings.preprocess);
    choose_patches(settings, command_line);
    return settings;
}

PredictSettings combine_settings(const weights::TrainedModel& model,
                                 const config::Settings& command_line) {
    check_normalisation(model);
    PredictSettings settings;
    const auto schema = predict_schema(settings);
    config::apply(schema, settings_of(model, schema, command_line), command_line);
    choose_patches(settings, command_line);
    choose_slice_axis(settings, model);
    if (!settings.model.outlier_value) {
        settings.model.outlier_value = imaging::outlier_value(settings.patches.use_frac_patch);
    }
    settings.model.final_activation = activation_of(settings, model);
    return settings;
}

std::string predict_settings_yaml(const PredictSettings& settings) {
    auto copy = settings;
    return config::config_yaml(predict_schema(copy));
}

PredictSettings predict_settings_from_yaml(const std::string& yaml) {
    PredictSettings settings;
    const auto schema = predict_schema(settings);
    config::apply(schema, config::parse_yaml(schema, yaml, "effective settings"), {},
                  config::Required::ignored);
    return settings;
}

std::vector<core::OptionText> result_options(const PredictSettings& settings) {
    auto effective = settings;
    effective.predict.flip = settings.mirrors();
    auto& scale = effective.preprocess;
    if (scale.by_spacing()) {
        scale.horizontal_interpolation_spacing = scale.horizontal();
        scale.interlayer_interpolation_spacing = scale.interlayer();
    } else {
        scale.target_size = scale.target();
    }
    std::set<std::string_view> unused{"model", "ensemble", "input"};
    if (settings.patches.use_frac_patch) {
        unused.insert({"patch_dimensions", "patch_stride"});
    } else {
        unused.insert({"frac_patch", "frac_stride"});
    }
    auto texts = config::option_texts(predict_schema(effective),
                                      {core::Affects::data, core::Affects::result});
    std::erase_if(texts, [&](const auto& option) { return unused.contains(option.name); });
    return texts;
}

std::string resampling_text(const imaging::PreprocessOptions& options) {
    if (!options.by_spacing()) return concat("-ts ", options.target());
    return concat("-hspace ", options.horizontal(), " -vspace ", options.interlayer());
}

std::string windows_text(const PredictSettings& settings) {
    return data::patches_text(settings.patches, settings.model.patch_dimensions,
                              settings.model.patch_stride);
}

std::string mirrors_text(const PredictSettings& settings) {
    return settings.mirrors() ? ", each slice also mirrored" : "";
}

std::string settings_text(const PredictSettings& settings) {
    const auto& scale = settings.preprocess;
    const std::string axis = scale.axis_of_slices() == imaging::SliceAxis::third
                                 ? ""
                                 : concat(", slices along axis ", core::name_of(scale.slice_axis));
    return concat(resampling_text(scale), axis, ", windows of ", windows_text(settings), ", frame ",
                  scale.frame, " of 4-D scans, ",
                  settings.model.final_activation.value_or("sigmoid"), mirrors_text(settings));
}

}  // namespace msunet::settings
