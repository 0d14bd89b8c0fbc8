// SPDX-License-Identifier: Apache-2.0
#include "sweep/tokens.hpp"

#include <array>

#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Longer ones first.
constexpr std::array<std::string_view, 21> symbols{"**", "//", "<=", ">=", "==", "!=", "<",
                                                   ">",  "+",  "-",  "*",  "/",  "%",  "(",
                                                   ")",  "[",  "]",  ",",  ":",  "&&", "||"};

class Cutter {
public:
    explicit Cutter(std::string_view text) : text_(text) {}

    std::vector<Token> cut() {
        std::vector<Token> tokens;
        for (;;) {
            while (at_ < text_.size() && core::trim(text_.substr(at_, 1)).empty()) ++at_;
            if (at_ == text_.size()) break;
            const std::size_t position = at_;
            tokens.push_back(next());
            tokens.back().position = position;
        }
        Token end;
        end.position = text_.size();
        tokens.push_back(end);
        return tokens;
    }

private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    Token next() {
        const char c = peek();
        if (is_letter(c)) return name();
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
        if (c == '\'' || c == '"') return quoted_text(c);
        for (const std::string_view symbol : symbols) {
            if (text_.substr(at_, symbol.size()) != symbol) continue;
            if (symbol == "&&") throw ExpressionProblem(at_, "write 'and' for '&&'");
            if (symbol == "||") throw ExpressionProblem(at_, "write 'or' for '||'");
            at_ += symbol.size();
            return {Token::Kind::symbol, std::string(symbol), {}, 0};
        }
        if (c == '=') throw ExpressionProblem(at_, "write '==' to compare");
        if (c == '&') throw ExpressionProblem(at_, "write 'and' for '&'");
        if (c == '|') throw ExpressionProblem(at_, "write 'or' for '|'");
        throw ExpressionProblem(at_, core::quoted(text_.substr(at_, 1)) + " has no meaning here");
    }

    Token name() {
        const std::size_t begin = at_;
        while (is_letter(peek()) || is_digit(peek())) ++at_;
        return {Token::Kind::name, std::string(text_.substr(begin, at_ - begin)), {}, 0};
    }

    Token number() {
        const std::size_t begin = at_;
        bool whole = true;
        while (is_digit(peek())) ++at_;
        if (peek() == '.') {
            whole = false;
            ++at_;
            while (is_digit(peek())) ++at_;
        }
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
            whole = false;
            at_ += 1 + sign;
            while (is_digit(peek())) ++at_;
        }
        const std::string_view digits = text_.substr(begin, at_ - begin);
        if (is_letter(peek()) || peek() == '.') {
            throw ExpressionProblem(
                begin, core::quoted(text_.substr(begin, at_ + 1 - begin)) + " is no number");
        }
        if (whole) {
            if (const auto integer = core::to_integer(digits)) {
                return {Token::Kind::literal, {}, *integer, 0};
            }
        }
        const auto real = core::to_double(digits);
        if (!real) throw ExpressionProblem(begin, core::quoted(digits) + " is out of range");
        return {Token::Kind::literal, {}, *real, 0};
    }

    Token quoted_text(char quote) {
        const std::size_t begin = at_++;
        std::string text;
        while (peek() != quote) {
            if (at_ == text_.size()) throw ExpressionProblem(begin, "the text has no end");
            if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
            text += peek();
            ++at_;
        }
        ++at_;
        return {Token::Kind::literal, {}, text, 0};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Cutter(text).cut(); }

}  // namespace msunet::sweep
