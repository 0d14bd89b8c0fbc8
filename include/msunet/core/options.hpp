// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options are described once: a module's options.hpp has a plain struct and a function
// `void describe(core::OptionVisitor&, XOptions&)` that visits every member with its description.
// Parsing, YAML, --help, completion, --print_config, the cache key and the resume hash walk it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::core {

/// What an option changes: `data` the prepared data set (and so everything after it), `result`
/// what training finds, `run` only how, where and how long it runs.
enum class Affects { data, result, run };

/// What is known of one option besides its value. All views point to text that lives for ever
/// (literals). Fill it with designated initialisers.
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
    /// Allowed range as text for help and errors, e.g. "[0,1)"; empty: made from min, max, choices.
    std::string_view range{};
    std::optional<double> min{};
    std::optional<double> max{};
    bool min_open = false;
    bool max_open = false;
    /// Allowed words, if limited.
    std::vector<std::string_view> choices{};
    /// The commands that know the option; empty: every command that uses the struct.
    std::vector<std::string_view> commands{};
    /// It must be given by the user.
    bool required = false;
    /// Also taken as an argument without a name (`msunet report DIR`); a list takes all that
    /// remain.
    bool positional = false;
    /// An integer must be a multiple of it.
    std::int64_t multiple_of = 1;
    /// Text of the default in --help where the value is not it, e.g. "cores of the node / ranks".
    std::string_view default_text{};
    /// An action of one call (--help, --config): not a key of YAML, not part of the configuration.
    bool command_line_only = false;
};

/// Walks a described struct. Members may be changed (parsing) or read (printing).
/// An empty optional means that nobody gave the option; its text is "none".
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
template <class T>
[[nodiscard]] std::string option_text(const std::optional<T>& value) {
    return value ? option_text(*value) : std::string("none");
}

/// Collects name, text and effect of everything that is visited, in order: basis of the cache key
/// (Affects::data) and of the resume check (data and result).
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

/// The range of an option as text for help and errors: info.range, else made from the limits,
/// choices or multiple, else empty.
[[nodiscard]] std::string range_text(const OptionInfo& info);

/// What is wrong with a value, or none: limits, multiple, choices (upper and lower case alike only
/// where the exact word is among the choices). The message names option, value and allowed range.
[[nodiscard]] std::optional<std::string> problem_with(const OptionInfo& info, double value);
[[nodiscard]] std::optional<std::string> problem_with(const OptionInfo& info, std::int64_t value);
[[nodiscard]] std::optional<std::string> problem_with(const OptionInfo& info,
                                                      const std::string& value);

}  // namespace msunet::core
