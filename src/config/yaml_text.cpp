// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

using core::concat;

namespace {

/// Checks a YAML text before yaml-cpp reads it: version 0.7 accepts a quote that isn't closed, and
/// some tags make it allocate memory without end. A configuration needs no tags, anchors, aliases
/// and directives.
class Screen {
public:
    Screen(std::string_view text, std::string_view source) : text_(text), source_(source) {}

    void operator()() {
        while (position_ < text_.size()) {
            const char c = text_[position_];
            if (c == '\'' || c == '"') {
                if (begins_token()) {
                    skip_quoted(c);
                    continue;
                }
            } else if (c == '#' && after_blank()) {
                position_ = std::min(text_.find('\n', position_), text_.size());
                continue;
            } else if ((c == '!' || c == '&' || c == '*') && begins_token()) {
                fail("tags, anchors and aliases are not supported, put a text in quotes");
            } else if (c == '%' && (position_ == 0 || text_[position_ - 1] == '\n')) {
                fail("directives are not supported");
            } else if (c == '\0') {
                fail("this is not a text file");
            }
            ++position_;
        }
    }

private:
    [[nodiscard]] bool after_blank() const {
        return position_ == 0 ||
               std::string_view(" \t\n\r").find(text_[position_ - 1]) != std::string_view::npos;
    }

    [[nodiscard]] bool begins_token() const {
        return after_blank() ||
               std::string_view("[]{},:-?'\"").find(text_[position_ - 1]) != std::string_view::npos;
    }

    void skip_quoted(char quote) {
        const std::size_t begin = position_++;
        while (position_ < text_.size()) {
            const char c = text_[position_++];
            if (c == '\\' && quote == '"') {
                ++position_;
            } else if (c == quote) {
                if (quote == '"' || position_ == text_.size() || text_[position_] != quote) return;
                ++position_;
            }
        }
        position_ = begin;
        fail("a quote isn't closed");
    }

    [[noreturn]] void fail(std::string_view problem) const {
        const std::string_view before = text_.substr(0, position_);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        throw core::UsageError(
            {.place = concat(source_, ", line ", line), .problem = std::string(problem)});
    }

    std::string_view text_;
    std::string_view source_;
    std::size_t position_ = 0;
};

/// Ignores all events.
class NullHandler final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& /*value*/) override {}
    void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                         YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                    YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
};

/// Whether something follows the first document: another one, or text that belongs to none.
/// (After a stray ',' YAML::LoadAll never ends and YAML::Load ignores the rest.)
bool has_rest(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    NullHandler handler;
    return parser.HandleNextDocument(handler) && parser.HandleNextDocument(handler);
}

}  // namespace

YAML::Node load_yaml(std::string_view text, std::string_view source) {
    constexpr std::size_t largest = std::size_t{1} << 20U;
    if (text.size() > largest) {
        throw core::UsageError({.place = std::string(source),
                                .problem = concat(text.size(), " bytes are too many for YAML"),
                                .why = concat("at most ", largest)});
    }
    Screen(text, source)();
    try {
        const std::string copy(text);
        if (has_rest(copy)) {
            throw core::UsageError(
                {.place = std::string(source),
                 .problem = "more than one YAML document, or text after its end"});
        }
        return YAML::Load(copy);
    } catch (const YAML::Exception& error) {
        throw core::UsageError({.place = concat(source, ", line ", error.mark.line + 1),
                                .problem = "not YAML",
                                .why = concat(error.msg, " in column ", error.mark.column + 1)});
    }
}

std::string yaml_place(std::string_view source, const YAML::Node& node) {
    const int line = node.Mark().line;
    return line < 0 ? std::string(source) : concat(source, ", line ", line + 1);
}

bool is_plain(const YAML::Node& node) { return node.IsScalar() && node.Tag() != "!"; }

}  // namespace msunet::config
