// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/value.hpp"

namespace msunet::codec {

/// A value within a parsed text. Refers to its document and to the node that it was found in.
class Node {
public:
    [[nodiscard]] bool is_null() const;
    [[nodiscard]] bool is_text() const;
    /// The member of this object; nothing if there is none.
    [[nodiscard]] std::optional<Node> find(std::string_view name) const;
    /// The elements of this array.
    [[nodiscard]] std::vector<Node> elements() const;

    struct Member;
    /// The members of this object, in the order of the text.
    [[nodiscard]] std::vector<Member> members() const;

    void read(bool& value) const;
    void read(double& value) const;
    void read(std::int64_t& value) const;
    void read(std::uint64_t& value) const;
    void read(std::string& value) const;
    void read(core::Value& value) const;

    /// Throws core::InputError: "'owner.pid' is not <expected>".
    [[noreturn]] void fail(std::string_view expected) const;
    /// Throws core::InputError if this is no object.
    void require_object() const;
    /// Where the value stands: "owner.pid"; `name` is a member's.
    [[nodiscard]] std::string place(std::string_view name = {}) const;

private:
    friend class Document;
    Node(const void* json, const Node* parent, std::string_view name)
        : json_(json), parent_(parent), name_(name) {}

    const void* json_;
    const Node* parent_;
    std::string_view name_;
};

struct Node::Member {
    std::string_view name;
    Node value;
};

/// A parsed text.
class Document {
public:
    /// Throws core::InputError where the text is not JSON.
    explicit Document(std::string_view text);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    [[nodiscard]] Node root() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::codec
