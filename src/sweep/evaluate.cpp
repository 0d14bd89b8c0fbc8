// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <compare>
#include <limits>

#include "msunet/core/text.hpp"
#include "sweep/node.hpp"

namespace msunet::sweep {

namespace {

using core::concat;
using core::Value;
using Term = Expression::Node;

/// Booleans count as 0 and 1, as in Python.
std::optional<std::int64_t> integer_of(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    return std::nullopt;
}

std::optional<double> number_of(const Value& value) {
    if (const auto integer = integer_of(value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

[[noreturn]] void wrong_types(const Term& node, const std::string& operation, const Value& left,
                              const Value& right) {
    throw ExpressionProblem(node.position,
                            concat(core::quoted(operation), " is not defined between ",
                                   core::python_repr(left), " (", core::type_name(left), ") and ",
                                   core::python_repr(right), " (", core::type_name(right), ")"));
}

/// Order of two numbers or of two texts; nothing for other types. Exact between integers and floats
/// where a long double holds 64 bits.
std::optional<std::partial_ordering> order(const Value& left, const Value& right) {
    const auto* text = std::get_if<std::string>(&left);
    const auto* other = std::get_if<std::string>(&right);
    if (text != nullptr && other != nullptr) return *text <=> *other;
    if (!number_of(left) || !number_of(right)) return std::nullopt;
    const auto wide = [](const Value& value) {
        const auto integer = integer_of(value);
        return integer ? static_cast<long double>(*integer)
                       : static_cast<long double>(std::get<double>(value));
    };
    return wide(left) <=> wide(right);
}

bool equal(const Value& left, const Value& right) {
    if (const auto ordering = order(left, right)) return std::is_eq(*ordering);
    return left == right;
}

bool compare(const Term& node, const std::string& operation, const Value& left,
             const Value& right) {
    if (operation == "==") return equal(left, right);
    if (operation == "!=") return !equal(left, right);
    if (operation == "is") return left.index() == right.index() && left == right;
    if (operation == "is not") return left.index() != right.index() || left != right;
    const auto ordering = order(left, right);
    if (!ordering) wrong_types(node, operation, left, right);
    if (operation == "<") return std::is_lt(*ordering);
    if (operation == "<=") return std::is_lteq(*ordering);
    if (operation == ">") return std::is_gt(*ordering);
    return std::is_gteq(*ordering);
}

bool contains(const Term& node, const std::string& operation, const Value& left, const Term& right,
              const Expression::Lookup& value) {
    if (right.kind == Term::Kind::list) {
        for (const Term& element : right.operands) {
            if (equal(left, evaluate(element, value))) return true;
        }
        return false;
    }
    const Value whole = evaluate(right, value);
    const auto* text = std::get_if<std::string>(&whole);
    const auto* part = std::get_if<std::string>(&left);
    if (text == nullptr || part == nullptr) wrong_types(node, operation, left, whole);
    return text->find(*part) != std::string::npos;
}

bool comparison(const Term& node, const Expression::Lookup& value) {
    Value left = evaluate(node.operands[0], value);
    for (std::size_t i = 0; i < node.operations.size(); ++i) {
        const std::string& operation = node.operations[i];
        const Term& next = node.operands[i + 1];
        if (operation == "in" || operation == "not in") {
            if (contains(node, operation, left, next, value) != (operation == "in")) return false;
            if (i + 1 < node.operations.size()) left = evaluate(next, value);
        } else {
            Value right = evaluate(next, value);
            if (!compare(node, operation, left, right)) return false;
            left = std::move(right);
        }
    }
    return true;
}

/// The exact integer result; nothing where it does not fit or is none.
std::optional<std::int64_t> integer_result(const std::string& operation, std::int64_t left,
                                           std::int64_t right) {
    std::int64_t result = 0;
    if (operation == "+" && !__builtin_add_overflow(left, right, &result)) return result;
    if (operation == "-" && !__builtin_sub_overflow(left, right, &result)) return result;
    if (operation == "*" && !__builtin_mul_overflow(left, right, &result)) return result;
    if ((operation == "//" || operation == "%") &&
        !(left == std::numeric_limits<std::int64_t>::min() && right == -1)) {
        const std::int64_t remainder = left % right;
        const bool adjust = remainder != 0 && (remainder < 0) != (right < 0);
        if (operation == "%") return adjust ? remainder + right : remainder;
        return left / right - (adjust ? 1 : 0);
    }
    if (operation == "**" && right >= 0) {
        result = 1;
        std::int64_t square = left;
        for (std::int64_t exponent = right; exponent > 0; exponent /= 2) {
            if (exponent % 2 == 1 && __builtin_mul_overflow(result, square, &result)) {
                return std::nullopt;
            }
            if (exponent > 1 && __builtin_mul_overflow(square, square, &square)) {
                return std::nullopt;
            }
        }
        return result;
    }
    return std::nullopt;
}

double real_result(const std::string& operation, double left, double right) {
    if (operation == "+") return left + right;
    if (operation == "-") return left - right;
    if (operation == "*") return left * right;
    if (operation == "/") return left / right;
    if (operation == "**") return std::pow(left, right);
    const double remainder = std::fmod(left, right);
    const bool adjust = remainder != 0 && (remainder < 0) != (right < 0);
    if (operation == "%") return adjust ? remainder + right : remainder;
    return std::round((left - remainder) / right) - (adjust ? 1 : 0);
}

Value arithmetic(const Term& node, const Value& left, const Value& right) {
    const std::string& operation = node.operations[0];
    const auto a = number_of(left);
    const auto b = number_of(right);
    if (!a || !b) wrong_types(node, operation, left, right);
    const bool divides = operation == "/" || operation == "//" || operation == "%";
    if ((divides && *b == 0) || (operation == "**" && *a == 0 && *b < 0)) {
        throw ExpressionProblem(node.position, "division by zero");
    }
    const auto i = integer_of(left);
    const auto j = integer_of(right);
    if (i && j) {
        if (const auto result = integer_result(operation, *i, *j)) return *result;
    }
    return real_result(operation, *a, *b);
}

Value signed_value(const Term& node, const Value& operand) {
    const bool minus = node.operations[0] == "-";
    if (const auto integer = integer_of(operand)) {
        if (*integer != std::numeric_limits<std::int64_t>::min()) {
            return minus ? -*integer : *integer;
        }
    }
    const auto number = number_of(operand);
    if (!number) {
        throw ExpressionProblem(node.position,
                                concat(core::quoted(node.operations[0]), " is not defined before ",
                                       core::python_repr(operand)));
    }
    return minus ? -*number : *number;
}

}  // namespace

bool truth(const Value& value) {
    if (const auto number = number_of(value)) return *number != 0;
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && !text->empty();
}

Value evaluate(const Term& node, const Expression::Lookup& value) {
    switch (node.kind) {
        case Term::Kind::literal:
            return node.value;
        case Term::Kind::name:
            return value(node.slot);
        case Term::Kind::sign:
            return signed_value(node, evaluate(node.operands[0], value));
        case Term::Kind::negation:
            return !truth(evaluate(node.operands[0], value));
        case Term::Kind::comparison:
            return comparison(node, value);
        case Term::Kind::arithmetic:
            return arithmetic(node, evaluate(node.operands[0], value),
                              evaluate(node.operands[1], value));
        case Term::Kind::conjunction:
        case Term::Kind::disjunction: {
            // As in Python, the value is that of the operand that decides.
            const bool decides = node.kind == Term::Kind::disjunction;
            Value result;
            for (const Term& operand : node.operands) {
                result = evaluate(operand, value);
                if (truth(result) == decides) break;
            }
            return result;
        }
        case Term::Kind::list:
            break;
    }
    throw ExpressionProblem(node.position, "a list has no value");
}

}  // namespace msunet::sweep
