// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/json.hpp"

#include "record/fields.hpp"
#include "record/line.hpp"

namespace msunet::record {

namespace {

/// A sweep holds at most a million permutations; this only bounds what a damaged file may ask for.
constexpr std::uint64_t most_trials = 10'000'000;

std::string text_of(const Json& json) {
    // A file name in a reason may not be UTF-8; the line must be written all the same.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json parse(std::string_view text) {
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::exception& error) {
        throw core::InputError(std::string("it is not JSON (") + error.what() + ")");
    }
}

template <class T>
T read(std::string_view text) {
    T value;
    Reader::decode(parse(text), value, "");
    return value;
}

/// Names of the events, in the order of the variant; a failed trial's line reads trial_failed.
constexpr std::array<std::string_view, std::variant_size_v<Event>> event_names{
    "sweep_started", "trial_started", "checkpoint", "epoch",   "trial_paused", "trial_finished",
    "trial_lost",    "trial_retried", "heartbeat",  "stopped", "resumed",      "finished"};
constexpr std::string_view failed_name = "trial_failed";

template <std::size_t i = 0>
Event read_event(std::size_t index, const Json& json) {
    if constexpr (i == std::variant_size_v<Event>) {
        throw core::InputError("unknown event");
    } else {
        if (index != i) return read_event<i + 1>(index, json);
        std::variant_alternative_t<i, Event> event;
        Reader::decode(json, event, "");
        if constexpr (std::is_same_v<decltype(event), SweepStart>) {
            Runs runs;
            Reader::decode(json, runs, "");
            event.trials = trials_of(runs);
        }
        return event;
    }
}

}  // namespace

Runs runs_of(const std::vector<TrialId>& trials) {
    Runs result;
    for (const TrialId trial : trials) {
        if (!result.runs.empty() && result.runs.back()[0] + result.runs.back()[1] == trial) {
            ++result.runs.back()[1];
        } else {
            result.runs.push_back({trial, 1});
        }
    }
    return result;
}

std::vector<TrialId> trials_of(const Runs& runs) {
    std::vector<TrialId> trials;
    for (const auto& [first, count] : runs.runs) {
        if (count > most_trials - trials.size()) {
            throw core::InputError("'trials' holds too many permutations");
        }
        for (TrialId i = 0; i < count; ++i) trials.push_back(first + i);
    }
    return trials;
}

std::string to_json(const TrialResult& result) { return text_of(Writer::encode(result)); }
std::string to_json(const Assignment& assignment) { return text_of(Writer::encode(assignment)); }
std::string to_json(const EpochReport& report) { return text_of(Writer::encode(report)); }
std::string to_json(const CheckpointReport& report) { return text_of(Writer::encode(report)); }
std::string to_json(const History& history) { return text_of(Writer::encode(history)); }
std::string to_json(const core::Permutation& permutation) {
    return text_of(Writer::encode(permutation));
}

std::string to_json(const Event& event) {
    std::string_view name = event_names[event.index()];
    if (const auto* finished = std::get_if<TrialFinished>(&event);
        finished != nullptr && finished->result.state == TrialState::failed) {
        name = failed_name;
    }
    Json json{{"event", name}};
    const auto* const start = std::get_if<SweepStart>(&event);
    if (start != nullptr) json["version"] = journal_version;
    const Json members = std::visit([](const auto& held) { return Writer::encode(held); }, event);
    for (const auto& [key, value] : members.items()) json[key] = value;
    if (start != nullptr) json["trials"] = Writer::encode(runs_of(start->trials).runs);
    return text_of(json);
}

TrialResult trial_result_from_json(std::string_view text) { return read<TrialResult>(text); }
Assignment assignment_from_json(std::string_view text) { return read<Assignment>(text); }
EpochReport epoch_report_from_json(std::string_view text) { return read<EpochReport>(text); }
CheckpointReport checkpoint_report_from_json(std::string_view text) {
    return read<CheckpointReport>(text);
}
History history_from_json(std::string_view text) { return read<History>(text); }
core::Permutation permutation_from_json(std::string_view text) {
    return read<core::Permutation>(text);
}

Event event_from_json(std::string_view text) {
    const Json json = parse(text);
    std::string name;
    Reader reader(json);
    reader("event", name);
    if (name == failed_name) name = event_names[Event(TrialFinished{}).index()];
    const auto* const found = std::find(event_names.begin(), event_names.end(), name);
    if (found == event_names.end()) {
        throw core::InputError("the event " + core::quoted(name) + " is unknown");
    }
    return read_event(static_cast<std::size_t>(found - event_names.begin()), json);
}

std::optional<std::int64_t> version_of_line(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto found = json.find("version");
    if (found == json.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

}  // namespace msunet::record
