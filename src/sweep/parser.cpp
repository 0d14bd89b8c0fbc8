// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "msunet/core/text.hpp"
#include "sweep/node.hpp"

namespace msunet::sweep {

namespace {

using core::concat;
using core::quoted;
using Term = Expression::Node;

constexpr int deepest = 200;
/// A sum of many terms nests as deeply as it is long.
constexpr std::size_t most_words = 1000;
constexpr std::array<std::string_view, 7> keywords{"and", "or", "not", "in", "is", "lambda", "if"};

class Parser {
public:
    Parser(std::string_view text, const std::vector<std::string>& names)
        : tokens_(tokens_of(text)), names_(names) {
        if (tokens_.size() > most_words) {
            throw ExpressionProblem(tokens_[most_words].position, "it is too long");
        }
    }

    Term parse() {
        if (take("lambda")) {
            if (now().kind != Token::Kind::name) expected("a name after 'lambda'");
            parameter_ = now().text;
            ++at_;
            if (!take(":")) expected("':'");
        }
        Term node = disjunction();
        if (now().kind != Token::Kind::end) expected("'and', 'or', an operator or the end");
        return only_value(std::move(node));
    }

private:
    const Token& now() const { return tokens_[at_]; }

    bool is(std::string_view text) const {
        return (now().kind == Token::Kind::name || now().kind == Token::Kind::symbol) &&
               now().text == text;
    }

    bool take(std::string_view text) {
        if (!is(text)) return false;
        ++at_;
        return true;
    }

    [[noreturn]] void expected(std::string_view what) const {
        std::string found = "the end";
        if (now().kind == Token::Kind::literal) found = core::python_repr(now().value);
        if (!now().text.empty()) found = quoted(now().text);
        throw ExpressionProblem(now().position, concat("expected ", what, ", found ", found));
    }

    /// Lists have no value of their own.
    static Term only_value(Term node) {
        if (node.kind == Term::Kind::list) {
            throw ExpressionProblem(node.position, "a list can stand only after 'in'");
        }
        return node;
    }

    static Term make(Term::Kind kind, std::size_t position, std::vector<Term> operands = {},
                     std::vector<std::string> operations = {}) {
        Term node;
        node.kind = kind;
        node.position = position;
        node.operands = std::move(operands);
        node.operations = std::move(operations);
        return node;
    }

    /// `part (word part)*` as one node of that kind.
    Term joined(std::string_view word, Term::Kind kind, Term (Parser::*part)()) {
        const std::size_t position = now().position;
        Term first = (this->*part)();
        if (!is(word)) return first;
        std::vector<Term> parts;
        parts.push_back(only_value(std::move(first)));
        while (take(word)) parts.push_back(only_value((this->*part)()));
        return make(kind, position, std::move(parts));
    }

    Term disjunction() {
        // Every way to nest passes here, by '(', 'not' or a sign.
        const Depth depth(*this);
        return joined("or", Term::Kind::disjunction, &Parser::conjunction);
    }
    Term conjunction() { return joined("and", Term::Kind::conjunction, &Parser::negation); }

    Term negation() {
        const std::size_t position = now().position;
        if (!take("not")) return comparison();
        const Depth depth(*this);
        std::vector<Term> operand;
        operand.push_back(only_value(negation()));
        return make(Term::Kind::negation, position, std::move(operand));
    }

    /// Takes a comparison's operator; empty if there is none.
    std::string comparison_operator() {
        for (const std::string_view symbol : {"<", "<=", ">", ">=", "==", "!=", "in"}) {
            if (take(symbol)) return std::string(symbol);
        }
        if (take("is")) return take("not") ? "is not" : "is";
        if (is("not") && tokens_[at_ + 1].text == "in") {
            at_ += 2;
            return "not in";
        }
        return {};
    }

    Term comparison() {
        std::vector<Term> operands;
        std::vector<std::string> operations;
        std::size_t position = now().position;
        operands.push_back(sum());
        for (;;) {
            const std::size_t where = now().position;
            std::string operation = comparison_operator();
            if (operation.empty()) break;
            if (operations.empty()) position = where;
            only_value_of(operands.back());
            operands.push_back(sum());
            const bool membership = operation == "in" || operation == "not in";
            if (!membership) only_value_of(operands.back());
            operations.push_back(std::move(operation));
        }
        if (operations.empty()) return std::move(operands.front());
        return make(Term::Kind::comparison, position, std::move(operands), std::move(operations));
    }

    static void only_value_of(Term& node) { node = only_value(std::move(node)); }

    template <std::size_t n>
    Term arithmetic(const std::array<std::string_view, n>& symbols, Term (Parser::*part)()) {
        Term left = (this->*part)();
        for (;;) {
            const std::size_t position = now().position;
            const auto* const symbol = std::find_if(
                symbols.begin(), symbols.end(), [&](std::string_view text) { return take(text); });
            if (symbol == symbols.end()) return left;
            left = binary(std::string(*symbol), position, std::move(left), (this->*part)());
        }
    }

    static Term binary(std::string operation, std::size_t position, Term left, Term right) {
        std::vector<Term> operands;
        operands.push_back(only_value(std::move(left)));
        operands.push_back(only_value(std::move(right)));
        return make(Term::Kind::arithmetic, position, std::move(operands), {std::move(operation)});
    }

    Term sum() {
        constexpr std::array<std::string_view, 2> symbols{"+", "-"};
        return arithmetic(symbols, &Parser::product);
    }
    Term product() {
        constexpr std::array<std::string_view, 4> symbols{"*", "/", "//", "%"};
        return arithmetic(symbols, &Parser::factor);
    }

    Term factor() {
        const std::size_t position = now().position;
        const std::string sign = is("-") || is("+") ? now().text : "";
        if (sign.empty()) return power();
        ++at_;
        const Depth depth(*this);
        std::vector<Term> operand;
        operand.push_back(only_value(factor()));
        return make(Term::Kind::sign, position, std::move(operand), {sign});
    }

    Term power() {
        Term base = atom();
        const std::size_t position = now().position;
        if (!take("**")) return base;
        const Depth depth(*this);
        return binary("**", position, std::move(base), factor());
    }

    Term atom() {
        const Token token = now();
        if (token.kind == Token::Kind::literal) {
            ++at_;
            return literal(token.value, token.position);
        }
        if (take("(")) return bracketed(")", token.position);
        if (take("[")) return bracketed("]", token.position);
        if (token.kind != Token::Kind::name || is_keyword(token.text)) expected("a value");
        ++at_;
        if (!parameter_.empty() && token.text == parameter_) return subscript();
        return named(token.text, token.position);
    }

    static bool is_keyword(const std::string& text) {
        return std::find(keywords.begin(), keywords.end(), text) != keywords.end();
    }

    static Term literal(core::Value value, std::size_t position) {
        Term node = make(Term::Kind::literal, position);
        node.value = std::move(value);
        return node;
    }

    /// After the opening bracket: `(value)`, or a list.
    Term bracketed(std::string_view closing, std::size_t position) {
        std::vector<Term> elements;
        bool is_list = closing == "]";
        while (!take(closing)) {
            elements.push_back(only_value_unless_alone(closing));
            if (take(",")) {
                is_list = true;
            } else if (!is(closing)) {
                expected(concat("',' or ", quoted(closing)));
            }
        }
        if (!is_list && elements.empty()) {
            throw ExpressionProblem(position, "the parentheses are empty");
        }
        if (!is_list) return std::move(elements.front());
        return make(Term::Kind::list, position, std::move(elements));
    }

    /// `([1, 2])` is the list itself; lists of lists are none.
    Term only_value_unless_alone(std::string_view closing) {
        Term node = disjunction();
        if (closing == ")" && is(closing)) return node;
        return only_value(std::move(node));
    }

    /// After the lambda's parameter: `['lr']`.
    Term subscript() {
        if (!take("[")) expected("'['");
        const Token key = now();
        if (key.kind != Token::Kind::literal || !std::holds_alternative<std::string>(key.value)) {
            expected("a name in quotes");
        }
        ++at_;
        if (!take("]")) expected("']'");
        return named(std::get<std::string>(key.value), key.position);
    }

    Term named(const std::string& text, std::size_t position) const {
        Term node = make(Term::Kind::name, position);
        const auto slot_where = [&](const auto& matches) {
            const auto found = std::find_if(names_.begin(), names_.end(), matches);
            node.slot = static_cast<std::size_t>(found - names_.begin());
            return found != names_.end();
        };
        if (slot_where([&](const std::string& name) { return name == text; })) return node;
        if (text == "True" || text == "true") return literal(true, position);
        if (text == "False" || text == "false") return literal(false, position);
        if (text == "None" || text == "none") return literal(std::monostate{}, position);
        const std::string wanted = core::plain_name(text);
        if (slot_where([&](const std::string& name) { return core::plain_name(name) == wanted; })) {
            return node;
        }
        throw ExpressionProblem(position,
                                concat(quoted(text), " is no hyperparameter",
                                       core::did_you_mean(text, names_), " (texts go in quotes)"));
    }

    /// Counts nesting, so that no text can exhaust the stack.
    class Depth {
    public:
        explicit Depth(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > deepest) {
                throw ExpressionProblem(parser_.now().position, "it is nested too deeply");
            }
        }
        ~Depth() { --parser_.depth_; }
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;

    private:
        Parser& parser_;
    };

    std::vector<Token> tokens_;
    const std::vector<std::string>& names_;
    std::string parameter_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

Expression::Node parse(std::string_view text, const std::vector<std::string>& names) {
    return Parser(text, names).parse();
}

}  // namespace msunet::sweep
