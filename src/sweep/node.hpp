// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "msunet/sweep/expression.hpp"
#include "sweep/tokens.hpp"

namespace msunet::sweep {

/// A part of an expression with its operands.
struct Expression::Node {
    enum class Kind {
        literal,
        name,      ///< `slot`
        list,      ///< of the operands
        sign,      ///< `-` or `+` before one operand: `operations[0]`
        negation,  ///< `not`
        arithmetic,
        comparison,  ///< a chain: operations[i] between operands i and i + 1
        conjunction,
        disjunction
    } kind = Kind::literal;
    core::Value value;
    std::size_t slot = 0;
    std::vector<std::string> operations;
    std::vector<Node> operands;
    std::size_t position = 0;
};

/// Parses an expression over these names; a name's slot is its index. Throws ExpressionProblem.
[[nodiscard]] Expression::Node parse(std::string_view text, const std::vector<std::string>& names);

/// The value of an expression. Throws ExpressionProblem.
[[nodiscard]] core::Value evaluate(const Expression::Node& node, const Expression::Lookup& value);

/// Python's truth of a value.
[[nodiscard]] bool truth(const core::Value& value);

}  // namespace msunet::sweep
