// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
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

/// The value of an expression. Throws ExpressionProblem.
core::Value evaluate(const Expression::Node& node, const Expression::Lookup& value);

/// Python's truth of a value.
bool truth(const core::Value& value);

}  // namespace msunet::sweep
