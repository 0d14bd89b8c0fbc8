// SPDX-License-Identifier: Apache-2.0
#include "msunet/codec/node.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::codec {

namespace {

using Json = nlohmann::ordered_json;

const Json& json_of(const void* json) { return *static_cast<const Json*>(json); }

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// The bytes of a text that is no UTF-8; nothing if `hex` is damaged.
std::optional<std::string> bytes_of(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = digit_of(hex[i]);
        const int low = digit_of(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

}  // namespace

struct Document::Impl {
    explicit Impl(std::string_view text) : json(Json::parse(text)) {}

    Json json;
};

Document::Document(std::string_view text) {
    try {
        impl_ = std::make_unique<Impl>(text);
    } catch (const Json::parse_error& error) {
        throw core::InputError(core::concat("it is not JSON from byte ", error.byte, " on"));
    } catch (const Json::exception&) {
        throw core::InputError("it is not JSON");
    }
}

Document::~Document() = default;

Node Document::root() const { return {&impl_->json, nullptr, {}}; }

bool Node::is_null() const { return json_of(json_).is_null(); }

bool Node::is_text() const { return json_of(json_).is_string(); }

std::optional<Node> Node::find(std::string_view name) const {
    require_object();
    const Json& json = json_of(json_);
    for (auto member = json.begin(); member != json.end(); ++member) {
        if (member.key() == name) return Node(&*member, this, member.key());
    }
    return std::nullopt;
}

std::vector<Node> Node::elements() const {
    if (!json_of(json_).is_array()) fail("an array");
    std::vector<Node> nodes;
    for (const Json& element : json_of(json_)) nodes.push_back(Node(&element, this, "[]"));
    return nodes;
}

std::vector<Node::Member> Node::members() const {
    require_object();
    std::vector<Member> all;
    const Json& json = json_of(json_);
    for (auto member = json.begin(); member != json.end(); ++member) {
        all.push_back({member.key(), Node(&*member, this, member.key())});
    }
    return all;
}

void Node::read(bool& value) const {
    if (!json_of(json_).is_boolean()) fail("true or false");
    value = json_of(json_).get<bool>();
}

void Node::read(double& value) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Json& json = json_of(json_);
    if (json.is_number()) {
        value = json.get<double>();
    } else if (json == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (json == "inf") {
        value = infinity;
    } else if (json == "-inf") {
        value = -infinity;
    } else {
        fail("a number");
    }
}

void Node::read(std::int64_t& value) const {
    const Json& json = json_of(json_);
    const bool fits =
        !json.is_number_unsigned() || std::in_range<std::int64_t>(json.get<std::uint64_t>());
    if (!json.is_number_integer() || !fits) fail("an integer in range");
    value = json.get<std::int64_t>();
}

void Node::read(std::uint64_t& value) const {
    if (!json_of(json_).is_number_unsigned()) fail("an integer in range");
    value = json_of(json_).get<std::uint64_t>();
}

void Node::read(std::string& value) const {
    const Json& json = json_of(json_);
    if (json.is_string()) {
        value = json.get<std::string>();
        return;
    }
    const auto hex = json.is_object() ? find("hex") : std::nullopt;
    const auto bytes =
        hex && hex->is_text() ? bytes_of(json_of(hex->json_).get<std::string>()) : std::nullopt;
    if (!bytes) fail("a text");
    value = *bytes;
}

void Node::read(core::Value& value) const {
    const Json& json = json_of(json_);
    if (json.is_null()) {
        value = std::monostate{};
    } else if (json.is_boolean()) {
        read(value.emplace<bool>());
    } else if (json.is_number_float()) {
        read(value.emplace<double>());
    } else if (json.is_number()) {
        read(value.emplace<std::int64_t>());
    } else if (json.is_object()) {
        if (const auto number = find("float")) {
            number->read(value.emplace<double>());
        } else {
            read(value.emplace<std::string>());
        }
    } else {
        read(value.emplace<std::string>());
    }
}

void Node::fail(std::string_view expected) const {
    const std::string where = place();
    throw core::InputError(
        {.key = where.empty() ? "record" : where, .expected = std::string(expected)});
}

void Node::require_object() const {
    if (!json_of(json_).is_object()) fail("an object");
}

std::string Node::place(std::string_view name) const {
    std::string path = parent_ == nullptr ? std::string() : parent_->place();
    for (const std::string_view part : {name_, name}) {
        if (!path.empty() && !part.empty() && part != "[]") path += '.';
        path += part;
    }
    return path;
}

}  // namespace msunet::codec
