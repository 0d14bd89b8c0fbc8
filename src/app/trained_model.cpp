// SPDX-License-Identifier: Apache-2.0
#include "trained_model.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/io/zip.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/unet/keras_config.hpp"
#include "start_model.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

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

/// `json`: the model's configuration, where it is not in the file.
TrainedModel read_file(const unet::Architecture& architecture, const fs::path& path,
                       const std::optional<std::string>& json) {
    auto [weights, file] = read_matched_model(architecture, path, "model");
    TrainedModel model{.architecture = architecture,
                       .weights = std::move(weights),
                       .origin = path.string(),
                       .preprocessing = preprocessing_in(file)};
    const auto facts = unet::read_keras_model_json(json ? *json : file.model_config.value_or(""));
    const auto scans = model.preprocessing.find("training_scans");
    if (scans != model.preprocessing.end()) model.training_scans = scans->second;
    model.final_activation = facts.final_activation;
    model.input_height = side(model.preprocessing, "input_height", facts.input_height);
    model.input_width = side(model.preprocessing, "input_width", facts.input_width);
    return model;
}

/// The only member of this ending, if there is one.
std::optional<std::string> member(const std::map<std::string, std::string>& members,
                                  std::string_view ending) {
    for (const auto& [name, bytes] : members) {
        if (name.ends_with(ending)) return bytes;
    }
    return std::nullopt;
}

TrainedModel read_archive(const unet::Architecture& architecture, const fs::path& path) {
    const auto members = io::read_zip(path);
    const auto weights = member(members, "_model.h5");
    if (!weights) {
        throw core::InputError(concat(quoted(path.string()),
                                      " is no Talos Deploy archive (it has no …_model.h5), give "
                                      "model_deploy<experiment>.zip or best_model.hdf5"));
    }
    // HDF5 reads files only. This one is removed at the end of the block.
    core::AtomicFile scratch(fs::temp_directory_path() / "msunet_model.h5");
    scratch.write(*weights);
    try {
        TrainedModel model =
            read_file(architecture, scratch.temporary_path(), member(members, "_model.json"));
        model.origin = path.string();
        return model;
    } catch (const core::InputError& error) {
        throw core::InputError(concat(quoted(path.string()), ": ", error.what()));
    }
}

bool is_zip(const fs::path& path) { return core::to_lower(path.extension().string()) == ".zip"; }

}  // namespace

TrainedModel read_trained_model(const unet::Architecture& architecture, const std::string& path) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
        return is_zip(path) ? read_archive(architecture, path)
                            : read_file(architecture, path, std::nullopt);
    }
    const fs::path best = fs::path(path) / "best_model.hdf5";
    if (!fs::exists(best, ignored)) {
        throw core::InputError(concat("-m ", quoted(path),
                                      " has no best_model.hdf5 (it is no experiment's folder, or "
                                      "its sweep has not ended), give a finished experiment or a "
                                      "model file"));
    }
    return read_file(architecture, best, std::nullopt);
}

void share_trained_model(TrainedModel& model, const comm::Communicator& world) {
    broadcast_weights(model.architecture, model.weights, world);
    model.input_height = world.broadcast(model.input_height);
    model.input_width = world.broadcast(model.input_width);
    model.origin = world.broadcast(model.origin);
    model.training_scans = world.broadcast(model.training_scans);
}

}  // namespace msunet::app
