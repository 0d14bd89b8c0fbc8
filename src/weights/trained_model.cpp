// SPDX-License-Identifier: Apache-2.0
#include "msunet/weights/trained_model.hpp"

#include <string_view>
#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/unet/keras_config.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::weights {

namespace {

/// The options of preprocessing in the file's root attributes.
std::map<std::string, std::string> preprocessing_in(const h5::KerasFile& file) {
    const std::string_view prefix = report::attribute_prefix;
    std::map<std::string, std::string> found;
    for (const auto& [name, text] : file.attributes) {
        if (name.starts_with(prefix)) found.emplace(name.substr(prefix.size()), text);
    }
    return found;
}

std::int64_t side(const std::map<std::string, std::string>& attributes, const char* name,
                  std::optional<std::int64_t> in_json) {
    const auto found = attributes.find(name);
    const auto said = found == attributes.end() ? std::nullopt : core::to_integer(found->second);
    return said ? *said : in_json.value_or(0);
}

void share_one(TrainedModel& model, const comm::Communicator& world) {
    broadcast_weights(model.architecture, model.weights, world);
    model.input_height = world.broadcast(model.input_height);
    model.input_width = world.broadcast(model.input_width);
    model.origin = world.broadcast(model.origin);
    model.training_scans = world.broadcast(model.training_scans);
}

}  // namespace

TrainedModel read_trained_model(const unet::Architecture& architecture, const std::string& path) {
    auto [weights, file, notice] = read_matched_model(architecture, path, "model");
    TrainedModel model{.architecture = architecture,
                       .weights = std::move(weights),
                       .origin = path,
                       .notice = std::move(notice),
                       .preprocessing = preprocessing_in(file)};
    const auto facts = unet::read_keras_model_json(file.model_config.value_or(""));
    const auto scans = model.preprocessing.find(training_scans_setting);
    if (scans != model.preprocessing.end()) model.training_scans = scans->second;
    model.final_activation = facts.final_activation;
    model.input_height = side(model.preprocessing, "input_height", facts.input_height);
    model.input_width = side(model.preprocessing, "input_width", facts.input_width);
    return model;
}

void share_trained_models(std::vector<TrainedModel>& models, const unet::Architecture& architecture,
                          const comm::Communicator& world) {
    const auto count = world.broadcast(static_cast<std::int64_t>(models.size()));
    models.resize(static_cast<std::size_t>(count), TrainedModel{.architecture = architecture});
    for (TrainedModel& model : models) share_one(model, world);
}

}  // namespace msunet::weights
