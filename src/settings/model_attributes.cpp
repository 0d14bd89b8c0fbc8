// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/model_attributes.hpp"

#include "msunet/config/parse.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/options.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/predict/options.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::settings {

std::pair<std::int64_t, std::int64_t> sides_of(const std::string& patch_size) {
    const auto parts = core::split(patch_size, '/');
    return {core::to_integer(parts.front()).value_or(0),
            core::to_integer(parts.back()).value_or(0)};
}

std::map<std::string, std::string> model_attributes(const record::Configuration& configuration,
                                                    const unet::Hyperparameters& hyperparameters,
                                                    const std::string& patch_size) {
    imaging::PreprocessOptions preprocess;
    data::PatchOptions patches;
    config::Schema schema("train");
    schema.add("Preprocessing", preprocess).add("Patches", patches);
    config::Settings settings;
    for (const auto& info : schema.infos()) {
        const std::string name(info.name);
        if (auto text = record::setting(configuration, name)) {
            settings.push_back({name, {std::move(*text)}, "journal: " + name});
        }
    }
    config::apply(schema, settings, {});
    predict::ModelOptions own;
    own.patch_dimensions = hyperparameters.patch_dimensions;
    own.patch_stride = hyperparameters.patch_stride;
    own.outlier_value = imaging::outlier_value(patches.use_frac_patch);
    own.final_activation = hyperparameters.final_activation;
    core::TextCollector values;
    describe(values, preprocess);
    describe(values, patches);
    describe(values, own);
    std::map<std::string, std::string> attributes;
    for (const auto& option : values.texts()) attributes[option.name] = option.text;
    attributes["mode"] = preprocess.by_spacing() ? "spacing" : "target_size";
    attributes["normalisation"] = "min_max";
    if (auto scans = record::setting(configuration, weights::training_scans_setting)) {
        attributes[weights::training_scans_setting] = std::move(*scans);
    }
    const auto [height, width] = sides_of(patch_size);
    attributes["input_height"] = std::to_string(height);
    attributes["input_width"] = std::to_string(width);
    return attributes;
}

}  // namespace msunet::settings
