// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/environment.hpp"

#include <nlohmann/json.hpp>

#include "msunet/core/file.hpp"
#include "msunet/core/time.hpp"

namespace msunet::report {
namespace {

using Json = nlohmann::ordered_json;

Json device_json(const Environment::Device& device) {
    return {{"name", device.name}, {"uuid", device.uuid}, {"ranks", device.ranks}};
}

Json node_json(const Environment::Node& node) {
    Json devices = Json::array();
    for (const auto& device : node.devices) devices.push_back(device_json(device));
    return {{"host", node.host},
            {"ranks", node.ranks},
            {"cores", node.cores},
            {"processor", node.processor},
            {"devices", std::move(devices)}};
}

/// What no sweep decides.
Json start_json(const Environment& environment) {
    Json versions = Json::object();
    for (const auto& [name, version] : environment.versions) {
        versions[name] = version ? Json(*version) : Json();
    }
    Json nodes = Json::array();
    for (const Environment::Node& node : environment.nodes) nodes.push_back(node_json(node));
    Json json{{"started", core::date_text(environment.started_at)},
              {"started_at", environment.started_at},
              {"command", environment.command},
              {"versions", std::move(versions)},
              {"ranks", environment.ranks},
              {"threads_per_rank", environment.threads},
              {"precision", environment.precision},
              {"processor", environment.nodes.empty() ? "" : environment.nodes.front().processor},
              {"nodes", std::move(nodes)}};
    if (!environment.slurm_job.empty()) json["slurm_job"] = environment.slurm_job;
    return json;
}

}  // namespace

std::string machine_json(const Environment& environment) { return start_json(environment).dump(2); }

std::string environment_json(const Environment& environment) {
    Json json = start_json(environment);
    json["ranks_per_trial"] = environment.ranks_per_trial;
    json["seed"] = environment.seed;
    json["start_weights_hash"] = environment.start_weights_hash;
    json["data_hash"] = environment.data_hash;
    json["config_hash"] = environment.config_hash;
    return json.dump(2) + "\n";
}

void write_environment(const std::filesystem::path& folder, const Environment& environment) {
    core::write_file_atomically(folder / "environment.json", environment_json(environment));
}

void write_config(const std::filesystem::path& folder, const std::string& yaml) {
    core::write_file_atomically(folder / "config.yaml", yaml);
}

}  // namespace msunet::report
