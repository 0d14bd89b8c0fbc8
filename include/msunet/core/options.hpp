// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options are described once: a module's options.hpp has a plain struct and a function
/// `void describe(core::OptionVisitor&, XOptions&)` that visits every member with its description.
/// Parsing, YAML, --help, completion, --print_config, the cache key and the resume check use it.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/problem.hpp"

namespace msunet::core {

/// What an option changes: `data` the prepared data set (and so everything after it), `result`
/// what training finds, `run` only how, where and how long it runs.
enum class Affects : std::uint8_t { data, result, run };
constexpr std::array<std::string_view, 3> names_of(Affects /*any*/) {
    return {"data", "result", "run"};
}

/// The description of one option. All views point to literals. Fill it with designated
/// initialisers.
struct OptionInfo {
    /// The long name, e.g. "training_data_path"; the key in YAML and on the command line.
    std::string_view name{};
    /// Other spellings without dashes, e.g. {"tpath"}.
    std::vector<std::string_view> aliases{};
    /// One or two sentences for --help.
    std::string_view help{};
    Affects affects = Affects::result;
    /// Placeholder in --help, e.g. "FOLDER"; empty: by type.
    std::string_view value_name{};
    /// Allowed values as text for help and errors, e.g. "[0,1)"; empty: made from min, max,
    /// choices.
    std::string_view range{};
    std::optional<double> min{};
    std::optional<double> max{};
    bool min_open = false;
    bool max_open = false;
    /// Allowed words, if limited; empty for an enum: all its names.
    std::vector<std::string_view> choices{};
    /// The word for an empty optional.
    std::string_view absent = "none";
    /// The commands that know the option; empty: every command that uses the struct.
    std::vector<std::string_view> commands{};
    /// The user must give it.
    bool required = false;
    /// It may also be given without its name (`msunet report DIR`); a list takes all such arguments
    /// that remain.
    bool positional = false;
    /// An integer must be a multiple of it.
    std::int64_t multiple_of = 1;
    /// The default as text for --help where the value doesn't show it, e.g. "cores / ranks".
    std::string_view default_text{};
    /// An action of one call (--help, --config): not a key of YAML, not part of the configuration.
    bool command_line_only = false;
};

/// A type that options write as a text and that is no enum: `to_text(value)` and
/// `from_text(text, value)`, which answers false for a text without meaning, stand beside it. Its
/// options describe the form in `range`.
template <class T>
concept TextForm = requires(const T& value, T& target, std::string_view text) {
    { to_text(value) } -> std::convertible_to<std::string>;
    { from_text(text, target) } -> std::same_as<bool>;
};

/// A value of an enum or of a TextForm, maybe optional, as visitors see it.
class TextValue {
public:
    virtual ~TextValue() = default;
    /// As it stands in YAML and on the command line.
    [[nodiscard]] virtual std::string text() const = 0;
    /// Whether it is an empty optional.
    [[nodiscard]] virtual bool is_absent() const = 0;
    /// Sets the value, or answers what is wrong with the text, as `problem_with` does.
    [[nodiscard]] virtual std::optional<Problem> read(const std::string& text) = 0;
};

/// Walks a described struct. Members may be changed (parsing) or read (printing). An optional is
/// empty where the option has no value of its own; it is then written as `OptionInfo::absent`.
class OptionVisitor {
public:
    virtual ~OptionVisitor() = default;
    virtual void visit(const OptionInfo& info, bool& value) = 0;
    virtual void visit(const OptionInfo& info, std::int64_t& value) = 0;
    virtual void visit(const OptionInfo& info, double& value) = 0;
    virtual void visit(const OptionInfo& info, std::string& value) = 0;
    virtual void visit(const OptionInfo& info, std::optional<bool>& value) = 0;
    virtual void visit(const OptionInfo& info, std::optional<std::int64_t>& value) = 0;
    virtual void visit(const OptionInfo& info, std::optional<double>& value) = 0;
    virtual void visit(const OptionInfo& info, std::optional<std::string>& value) = 0;
    virtual void visit(const OptionInfo& info, std::vector<std::string>& value) = 0;
    virtual void visit(const OptionInfo& info, TextValue& value) = 0;

    template <class T>
    requires NamedEnum<T> || TextForm<T>
    void visit(OptionInfo info, T& value);
    template <class T>
    requires NamedEnum<T> || TextForm<T>
    void visit(OptionInfo info, std::optional<T>& value);
};

/// Base of a visitor that treats all types alike: `Derived` has
/// `template <class T> void option(const OptionInfo&, T& value)`.
template <class Derived>
class UniformVisitor : public OptionVisitor {
public:
    void visit(const OptionInfo& info, bool& value) final { pass(info, value); }
    void visit(const OptionInfo& info, std::int64_t& value) final { pass(info, value); }
    void visit(const OptionInfo& info, double& value) final { pass(info, value); }
    void visit(const OptionInfo& info, std::string& value) final { pass(info, value); }
    void visit(const OptionInfo& info, std::optional<bool>& value) final { pass(info, value); }
    void visit(const OptionInfo& info, std::optional<std::int64_t>& value) final {
        pass(info, value);
    }
    void visit(const OptionInfo& info, std::optional<double>& value) final { pass(info, value); }
    void visit(const OptionInfo& info, std::optional<std::string>& value) final {
        pass(info, value);
    }
    void visit(const OptionInfo& info, std::vector<std::string>& value) final { pass(info, value); }
    void visit(const OptionInfo& info, TextValue& value) final { pass(info, value); }

private:
    template <class T>
    void pass(const OptionInfo& info, T& value) {
        static_cast<Derived&>(*this).option(info, value);
    }
};

/// Name and text of one option, as `option_texts` lists them.
struct OptionText {
    std::string name;
    /// As it stands in YAML and on the command line: "True", "0.001", "none", lists joined by ", ".
    std::string text;
    Affects affects = Affects::result;

    friend bool operator==(const OptionText&, const OptionText&) = default;
};

/// The texts of a value of any option type: booleans True/False, floats as Python's repr,
/// an empty optional "none".
[[nodiscard]] std::string option_text(bool value);
[[nodiscard]] std::string option_text(std::int64_t value);
[[nodiscard]] std::string option_text(double value);
[[nodiscard]] std::string option_text(const std::string& value);
[[nodiscard]] std::string option_text(const std::vector<std::string>& value);
[[nodiscard]] std::string option_text(const TextValue& value);
template <class T>
[[nodiscard]] std::string option_text(const std::optional<T>& value) {
    return value ? option_text(*value) : std::string("none");
}

/// Collects name, text and effect of all options, in their order: for the cache key (Affects::data)
/// and the resume check (data and result).
class TextCollector final : public UniformVisitor<TextCollector> {
public:
    template <class T>
    void option(const OptionInfo& info, T& value) {
        texts_.push_back({std::string(info.name), option_text(value), info.affects});
    }

    [[nodiscard]] const std::vector<OptionText>& texts() const { return texts_; }

private:
    std::vector<OptionText> texts_;
};

/// The allowed values of an option as text for help and errors: info.range, else made from the
/// limits, choices or multiple, else empty.
[[nodiscard]] std::string range_text(const OptionInfo& info);
/// With the type's name: "an integer >= 1", "a number in (0,1)".
[[nodiscard]] std::string type_text(const OptionInfo& info, std::string_view type);

/// What is wrong with a value (limits, multiple, choices), or none: "is '2', allowed is [0,1)". The
/// caller adds the option or the key.
[[nodiscard]] std::optional<Problem> problem_with(const OptionInfo& info, double value);
[[nodiscard]] std::optional<Problem> problem_with(const OptionInfo& info, std::int64_t value);
[[nodiscard]] std::optional<Problem> problem_with(const OptionInfo& info, const std::string& value);

namespace detail {

/// The problem of a text that has no meaning for the option.
[[nodiscard]] Problem unreadable(const OptionInfo& info, const std::string& text);

template <class T>
class TextAdapter final : public TextValue {
public:
    TextAdapter(const OptionInfo& info, T& value) : info_(info), value_(value) {}

    [[nodiscard]] std::string text() const override {
        if constexpr (NamedEnum<T>) {
            return std::string(name_of(value_));
        } else {
            return to_text(value_);
        }
    }
    [[nodiscard]] bool is_absent() const override { return false; }
    [[nodiscard]] std::optional<Problem> read(const std::string& text) override {
        if constexpr (NamedEnum<T>) {
            const auto value = value_named<T>(text);
            if (!value) return unreadable(info_, text);
            if (auto problem = problem_with(info_, std::string(name_of(*value)))) return problem;
            value_ = *value;
        } else {
            T value{};
            if (!from_text(text, value)) return unreadable(info_, text);
            value_ = std::move(value);
        }
        return std::nullopt;
    }

private:
    const OptionInfo& info_;
    T& value_;
};

template <class T>
class OptionalAdapter final : public TextValue {
public:
    OptionalAdapter(const OptionInfo& info, std::optional<T>& value) : info_(info), value_(value) {}

    [[nodiscard]] std::string text() const override {
        if (!value_) return std::string(info_.absent);
        T copy = *value_;
        return TextAdapter<T>(info_, copy).text();
    }
    [[nodiscard]] bool is_absent() const override { return !value_; }
    [[nodiscard]] std::optional<Problem> read(const std::string& text) override {
        if (plain_name(text) == plain_name(info_.absent) || text == "null") {
            value_.reset();
            return std::nullopt;
        }
        T value{};
        auto problem = TextAdapter<T>(info_, value).read(text);
        if (!problem) value_ = std::move(value);
        return problem;
    }

private:
    const OptionInfo& info_;
    std::optional<T>& value_;
};

}  // namespace detail

template <class T>
requires NamedEnum<T> || TextForm<T>
void OptionVisitor::visit(OptionInfo info, T& value) {
    if constexpr (NamedEnum<T>) {
        if (info.choices.empty()) info.choices = all_names<T>();
    }
    detail::TextAdapter<T> adapter(info, value);
    visit(info, static_cast<TextValue&>(adapter));
}

template <class T>
requires NamedEnum<T> || TextForm<T>
void OptionVisitor::visit(OptionInfo info, std::optional<T>& value) {
    if constexpr (NamedEnum<T>) {
        if (info.choices.empty()) info.choices = all_names<T>();
        info.choices.insert(info.choices.begin(), info.absent);
    }
    detail::OptionalAdapter<T> adapter(info, value);
    visit(info, static_cast<TextValue&>(adapter));
}

}  // namespace msunet::core
