// SPDX-License-Identifier: Apache-2.0
#include "config/literal.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;
using core::quoted;

/// Replaces the typographic characters that word processors and PDF readers put in the place of
/// plain ones. None is removed: the bytes around it could form another such character.
std::string with_plain_characters(std::string_view text) {
    struct Replacement {
        std::string_view from;
        std::string_view to;
    };
    constexpr Replacement replacements[] = {{"\u2018", "'"},  {"\u2019", "'"}, {"\u201C", "\""},
                                            {"\u201D", "\""}, {"\u00A0", " "}, {"\u2013", "-"},
                                            {"\u2212", "-"},  {"\uFEFF", " "}};
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto* found =
            std::find_if(std::begin(replacements), std::end(replacements),
                         [&](const Replacement& r) { return text.substr(i).starts_with(r.from); });
        if (found == std::end(replacements)) {
            out += text[i++];
        } else {
            out += found->to;
            i += found->from.size();
        }
    }
    return out;
}

/// The value of a word without quotes, Python's or JSON's. Blanks become '_'.
core::Value bare_value(std::string_view word) {
    if (word == "true") return true;
    if (word == "false") return false;
    if (word == "null") return std::monostate{};
    core::Value value = core::value_of_word(word);
    if (auto* text = std::get_if<std::string>(&value)) {
        std::replace(text->begin(), text->end(), ' ', '_');
    }
    return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | code >> 6U);
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        out += static_cast<char>(0xE0U | code >> 12U);
        out += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

bool is_identifier(std::string_view text) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '.';
    });
}

/// The length of `(…)` at the begin of a text: up to the bracket that closes it, quotes passed
/// over. Nothing where a line ends before, or other round or curly brackets lie inside.
std::optional<std::size_t> length_in_brackets(std::string_view text) {
    char quote = '\0';
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || c == '\r') return std::nullopt;
        if (quote != '\0') {
            if (c == quote) quote = '\0';
            if (c == '\\') ++i;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ')') {
            return i + 1;
        } else if (c == '(' || c == '{' || c == '}' || c == '#') {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    LiteralDictionary dictionary() {
        skip_blank();
        braces_ = take('{');
        LiteralDictionary entries;
        while (true) {
            skip_blank();
            if (braces_ ? peek() == '}' : at_end()) break;
            entries.push_back(entry());
            skip_blank();
            if (!take(',')) break;
        }
        if (braces_) expect('}', "',' or '}'");
        skip_blank();
        if (!at_end()) fail(braces_ ? "the end was expected" : "',' was expected");
        return entries;
    }

private:
    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }

    bool take(char c) {
        if (at_end() || text_[position_] != c) return false;
        ++position_;
        return true;
    }

    void expect(char c, std::string_view what) {
        if (!take(c)) fail(concat(what, " was expected"));
    }

    [[noreturn]] void fail(const std::string& problem) const { fail_at(position_, problem); }

    [[noreturn]] void fail_at(std::size_t position, const std::string& problem) const {
        const auto [line, column] = place(position);
        const std::string found =
            position < text_.size() ? quoted(text_.substr(position, 12)) : "the end";
        throw core::UsageError({.place = concat("line ", line, ", column ", column),
                                .problem = concat(problem, ", found ", found)});
    }

    struct Place {
        std::size_t line;
        std::size_t column;
    };
    [[nodiscard]] Place place(std::size_t position) const {
        const std::string_view before = text_.substr(0, position);
        const auto lines = std::count(before.begin(), before.end(), '\n');
        const std::size_t last = before.rfind('\n');
        return {static_cast<std::size_t>(lines) + 1,
                last == std::string_view::npos ? position + 1 : position - last};
    }

    void skip_blank() {
        while (!at_end()) {
            const char c = peek();
            if (c == '#') {
                position_ = std::min(text_.find('\n', position_), text_.size());
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                ++position_;
            } else {
                return;
            }
        }
    }

    /// Within a line only: without braces a line's end may be YAML's.
    void skip_blank_in_line() {
        while (peek() == ' ' || peek() == '\t') ++position_;
    }

    LiteralEntry entry() {
        const std::size_t begin = position_;
        LiteralEntry entry;
        entry.line = place(begin).line;
        entry.column = place(begin).column;
        entry.key = peek() == '\'' || peek() == '"' ? string() : std::string(word());
        if (core::trim(entry.key).empty()) fail_at(begin, "a name was expected");
        skip_blank();
        expect(':', concat("':' after the name ", quoted(entry.key)));
        if (braces_) {
            skip_blank();
        } else {
            skip_blank_in_line();
        }
        entry.value = value();
        return entry;
    }

    LiteralValue value() {
        LiteralValue value;
        if (take('[')) {
            value.form = LiteralValue::Form::list;
            items(value, ']');
        } else if (take('(')) {
            value.form = LiteralValue::Form::tuple;
            const bool had_comma = items(value, ')');
            // As in Python: (5) is 5.
            if (value.items.size() == 1 && !had_comma) value.form = LiteralValue::Form::single;
        } else {
            value.items.push_back(scalar());
        }
        return value;
    }

    /// Scalars up to the closing bracket; true if a comma was among them.
    bool items(LiteralValue& value, char close) {
        bool had_comma = false;
        while (true) {
            skip_blank();
            if (take(close)) return had_comma;
            value.items.push_back(scalar());
            skip_blank();
            if (take(close)) return had_comma;
            expect(',', concat("',' or '", close, "'"));
            had_comma = true;
        }
    }

    core::Value scalar() {
        const char c = peek();
        if (c == '\'' || c == '"') return string();
        if (c == '[' || c == '(' || c == '{') fail("a value was expected (lists don't nest)");
        const std::size_t begin = position_;
        const std::string_view bare = word();
        // "- 5" is an item of a YAML list.
        if (bare.empty() || bare.starts_with("- ")) fail_at(begin, "a value was expected");
        if (peek() == '(' && is_identifier(bare)) return call(bare, begin);
        return bare_value(bare);
    }

    /// The text of a call such as loguniform(1e-4, 1e-2).
    std::string call(std::string_view name, std::size_t begin) {
        const std::string_view rest = text_.substr(position_);
        const auto length = length_in_brackets(rest);
        if (!length) fail_at(begin, "a distribution has no ')' in its line, or brackets inside");
        position_ += *length;
        return core::concat(name, rest.substr(0, *length));
    }

    /// Up to a character that ends it, without blanks at the ends.
    std::string_view word() {
        const std::size_t end =
            std::min(text_.find_first_of(",:[](){}'\"#\n\r", position_), text_.size());
        const std::string_view found = text_.substr(position_, end - position_);
        position_ = end;
        return core::trim(found);
    }

    /// A text in quotes with the common escapes of Python and JSON. An escape is equivalent to the
    /// character itself.
    std::string string() {
        const std::size_t begin = position_;
        const char quote = text_[position_++];
        std::string out;
        while (true) {
            if (at_end() || peek() == '\n') fail_at(begin, "a quote isn't closed");
            const char c = text_[position_++];
            if (c == quote) return with_plain_characters(out);
            if (c == '\\') {
                escape(out);
            } else {
                out += c;
            }
        }
    }

    void escape(std::string& out) {
        const char c = at_end() ? '\0' : text_[position_++];
        switch (c) {
            case 'n':
                out += '\n';
                break;
            case 't':
                out += '\t';
                break;
            case 'r':
                out += '\r';
                break;
            case '\\':
            case '\'':
            case '"':
            case '/':
                out += c;
                break;
            case 'x':
                append_utf8(out, hex_digits(2));
                break;
            case 'u':
                append_utf8(out, hex_digits(4));
                break;
            default:
                fail_at(position_ - (c == '\0' ? 1 : 2), "an unknown escape");
        }
    }

    std::uint32_t hex_digits(std::size_t count) {
        std::uint32_t code = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const char c = peek();
            const bool decimal = c >= '0' && c <= '9';
            const char letter = static_cast<char>(c | 0x20);
            if (!decimal && (letter < 'a' || letter > 'f'))
                fail("hexadecimal digits were expected");
            code = code * 16 + static_cast<std::uint32_t>(decimal ? c - '0' : letter - 'a' + 10);
            ++position_;
        }
        return code;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    bool braces_ = false;
};

}  // namespace

bool is_call(std::string_view text) {
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos || !is_identifier(text.substr(0, open))) return false;
    return length_in_brackets(text.substr(open)) == text.size() - open;
}

LiteralDictionary parse_literal(std::string_view text) {
    const std::string plain = with_plain_characters(text);
    return Parser(plain).dictionary();
}

}  // namespace msunet::config
