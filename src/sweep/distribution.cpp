// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "sweep/tokens.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

/// A distribution with at most so many values is a list of them.
constexpr std::size_t most_listed = 64;

constexpr double most_exact_integer = 9007199254740992;  // 2^53

/// `name(argument, …)`; a list as the only argument counts as its items.
struct FunctionCall {
    std::string name;
    std::vector<core::Value> arguments;
};

class CallReader {
public:
    explicit CallReader(std::string_view text) : tokens_(tokens_of(text)) {}

    FunctionCall read() {
        FunctionCall call;
        if (token().kind != Token::Kind::name) fail("the name of a distribution");
        call.name = token().text;
        ++at_;
        expect("(");
        const bool is_list = take("[");
        while (!is_symbol(is_list ? "]" : ")")) {
            call.arguments.push_back(argument());
            if (!take(",")) break;
        }
        if (is_list) expect("]");
        expect(")");
        if (token().kind != Token::Kind::end) fail("the end");
        return call;
    }

private:
    [[nodiscard]] const Token& token() const { return tokens_[at_]; }
    [[nodiscard]] bool is_symbol(std::string_view symbol) const {
        return token().kind == Token::Kind::symbol && token().text == symbol;
    }
    bool take(std::string_view symbol) {
        const bool found = is_symbol(symbol);
        if (found) ++at_;
        return found;
    }
    void expect(std::string_view symbol) {
        if (!take(symbol)) fail(core::quoted(symbol));
    }
    [[noreturn]] void fail(std::string_view expected) const {
        throw ExpressionProblem(token().position, concat("expected ", expected));
    }

    core::Value argument() {
        const bool negative = take("-");
        if (!negative) take("+");
        const Token& word = token();
        if (word.kind != Token::Kind::literal && word.kind != Token::Kind::name) fail("a value");
        ++at_;
        core::Value value =
            word.kind == Token::Kind::name ? core::value_of_word(word.text) : word.value;
        if (!negative) return value;
        if (const auto* integer = std::get_if<std::int64_t>(&value)) return -*integer;
        if (const auto* real = std::get_if<double>(&value)) return -*real;
        throw ExpressionProblem(word.position, "only a number has a sign");
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

FunctionCall read_call(std::string_view text) {
    try {
        return CallReader(text).read();
    } catch (const ExpressionProblem& problem) {
        throw core::UsageError(
            concat("can't be read, character ", problem.position + 1, ": ", problem.what()));
    }
}

DistributionKind kind_of(const std::string& name) {
    if (const auto kind = core::value_named<DistributionKind>(name)) return *kind;
    const std::vector<std::string_view> names = core::all_names<DistributionKind>();
    const std::vector<std::string> known(names.begin(), names.end());
    throw core::UsageError({.key = name,
                            .expected = core::join(known),
                            .problem = "is no distribution",
                            .why = concat("known are ", core::join(known)),
                            .advice = core::did_you_mean(name, known)});
}

double finite_number(const core::Value& value) {
    const auto number = core::as_number(value);
    if (number && std::isfinite(*number)) return *number;
    throw core::UsageError(concat(core::python_repr(value), " is not a number"));
}

bool is_call(const core::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !core::trim(*text).ends_with(')')) return false;
    const std::string_view name = core::trim(*text).substr(0, text->find('('));
    return !core::trim(name).empty() && text->find('(') != std::string::npos;
}

/// The text of a distribution; empty where the entry is none. Throws core::UsageError for one in a
/// list of several values.
std::string distribution_text(const core::GridEntry& entry) {
    if (entry.range || std::ranges::none_of(entry.values, is_call)) return {};
    if (entry.values.size() > 1) {
        throw core::UsageError("a distribution stands alone, not in a list");
    }
    return std::string(core::trim(std::get<std::string>(entry.values.front())));
}

}  // namespace

Distribution::Distribution(std::string_view text) {
    const FunctionCall call = read_call(text);
    kind_ = kind_of(call.name);
    switch (kind_) {
        case DistributionKind::uniform:
        case DistributionKind::loguniform:
            read_ends(call.arguments);
            return;
        case DistributionKind::quniform:
        case DistributionKind::randint:
            read_steps(call.arguments);
            return;
        case DistributionKind::choice:
            if (call.arguments.size() < 2) {
                throw core::UsageError("needs at least two values to choose from");
            }
            choices_ = call.arguments;
            return;
    }
}

void Distribution::read_ends(const std::vector<core::Value>& arguments) {
    if (arguments.size() != 2) throw core::UsageError("needs two numbers: (low, high)");
    low_ = finite_number(arguments[0]);
    high_ = finite_number(arguments[1]);
    if (!(low_ < high_)) throw core::UsageError("low must be below high");
    if (!std::isfinite(high_ - low_)) throw core::UsageError("low and high are too far apart");
    if (kind_ == DistributionKind::loguniform && low_ <= 0) {
        throw core::UsageError("low must be above 0, its logarithm is taken");
    }
}

void Distribution::read_steps(const std::vector<core::Value>& arguments) {
    const bool has_step = kind_ == DistributionKind::quniform;
    if (arguments.size() != (has_step ? 3U : 2U)) {
        throw core::UsageError(has_step ? "needs three numbers: (low, high, q)"
                                        : "needs two integers: (low, high)");
    }
    integers_ = std::ranges::all_of(arguments, [](const core::Value& value) {
        return std::holds_alternative<std::int64_t>(value);
    });
    if (!has_step && !integers_) throw core::UsageError("needs two integers: (low, high)");
    low_ = finite_number(arguments[0]);
    high_ = finite_number(arguments[1]);
    width_of_step_ = has_step ? finite_number(arguments[2]) : 1;
    if (!(low_ < high_)) throw core::UsageError("low must be below high");
    if (width_of_step_ <= 0) throw core::UsageError("q must be above 0");
    // A multiple of q that is an end counts, although neither is exact.
    constexpr double tolerance = 1e-9;
    const double first = std::ceil(low_ / width_of_step_ - tolerance);
    const double last = std::floor(high_ / width_of_step_ + tolerance);
    if (!(std::abs(first) < most_exact_integer && std::abs(last) < most_exact_integer)) {
        throw core::UsageError("an end is beyond 9e15 steps");
    }
    first_step_ = static_cast<std::int64_t>(first);
    last_step_ = static_cast<std::int64_t>(last);
    if (first_step_ >= last_step_) {
        throw core::UsageError("there are fewer than two values from low to high");
    }
}

core::Value Distribution::rounded(double value) const {
    const double largest = std::max(std::abs(low_), std::abs(high_));
    const int more =
        std::max(0, static_cast<int>(std::floor(std::log10(largest / (high_ - low_)))));
    const auto text = core::general(value, std::min(4 + more, 17));
    return std::clamp(core::to_double(text).value_or(value), low_, high_);
}

core::Value Distribution::step_value(std::int64_t step) const {
    if (integers_) return step * static_cast<std::int64_t>(width_of_step_);
    const double value = static_cast<double>(step) * width_of_step_;
    return core::to_double(core::general(value, 12)).value_or(value);
}

core::Value Distribution::value(double u) const {
    switch (kind_) {
        case DistributionKind::uniform:
            return rounded(low_ + u * (high_ - low_));
        case DistributionKind::loguniform:
            return rounded(low_ * std::pow(high_ / low_, u));
        case DistributionKind::quniform:
        case DistributionKind::randint:
            break;
        case DistributionKind::choice:
            return choices_[static_cast<std::size_t>(u * static_cast<double>(choices_.size()))];
    }
    const double part = u * static_cast<double>(steps().value());
    return step_value(first_step_ + static_cast<std::int64_t>(part));
}

std::optional<std::uint64_t> Distribution::steps() const {
    if (kind_ != DistributionKind::quniform && kind_ != DistributionKind::randint) return {};
    return static_cast<std::uint64_t>(last_step_ - first_step_ + 1);
}

std::optional<std::vector<core::Value>> Distribution::list() const {
    if (kind_ == DistributionKind::choice) return choices_;
    const std::optional<std::uint64_t> count = steps();
    if (!count || *count > most_listed) return std::nullopt;
    return quantiles(*count);
}

std::vector<core::Value> Distribution::quantiles(std::size_t count) const {
    std::vector<core::Value> values;
    for (std::size_t i = 0; i < count; ++i) {
        values.push_back(value((static_cast<double>(i) + 0.5) / static_cast<double>(count)));
    }
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

GridSpace space_of(const core::GridEntries& entries) {
    GridSpace space;
    core::GridEntries others;
    std::vector<core::Problem> problems;
    for (const auto& [name, entry] : entries) {
        std::string text;
        try {
            text = distribution_text(entry);
            if (text.empty()) {
                others.emplace(name, entry);
                continue;
            }
            const Distribution distribution(text);
            space.texts.emplace(name, text);
            if (auto list = distribution.list()) {
                space.lists.emplace(name, std::move(*list));
            } else {
                space.distributions.emplace(name, distribution);
            }
        } catch (const core::UsageError& error) {
            problems.push_back(
                {.kind = "grid,",
                 .key = name,
                 .got = text,
                 .expected = error.data().front().expected,
                 .problem = concat(": ", text, text.empty() ? "" : ": ", error.what())});
        }
    }
    try {
        space.lists.merge(expand(others));
    } catch (const core::UsageError& error) {
        problems.insert(problems.end(), error.data().begin(), error.data().end());
    }
    if (!problems.empty()) throw core::UsageError(problems);
    return space;
}

}  // namespace msunet::sweep
