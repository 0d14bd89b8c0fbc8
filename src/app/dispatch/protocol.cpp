// SPDX-License-Identifier: Apache-2.0
#include "protocol.hpp"

#include <nlohmann/json.hpp>

#include "msunet/codec/json.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::app {

using nlohmann::json;

std::string encode(const Begun& message) {
    return json{{"trial", message.trial}, {"checkpoint", message.checkpoint}}.dump();
}

std::string encode(const EpochNews& message) {
    return json{{"trial", message.trial}, {"report", codec::to_json(message.report)}}.dump();
}

std::string encode(const SetAside& message) {
    json text{{"trial", message.trial},
              {"reached_until", message.reached_until},
              {"seconds", message.seconds}};
    if (message.last) text["last"] = codec::to_json(*message.last);
    return text.dump();
}

std::string encode_trial(record::TrialId trial) { return json(trial).dump(); }

Begun decode_begun(std::string_view text) {
    const auto from = json::parse(text);
    return {from.at("trial").get<record::TrialId>(), from.at("checkpoint").get<std::string>()};
}

EpochNews decode_epoch_news(std::string_view text) {
    const auto from = json::parse(text);
    return {from.at("trial").get<record::TrialId>(),
            codec::from_json<record::EpochReport>(from.at("report").get<std::string>())};
}

SetAside decode_set_aside(std::string_view text) {
    const auto from = json::parse(text);
    SetAside message{from.at("trial").get<record::TrialId>(), from.at("reached_until").get<bool>(),
                     std::nullopt, from.at("seconds").get<double>()};
    if (from.contains("last")) {
        message.last = codec::from_json<record::EpochReport>(from.at("last").get<std::string>());
    }
    return message;
}

record::TrialId decode_trial(std::string_view text) {
    return json::parse(text).get<record::TrialId>();
}

}  // namespace msunet::app
