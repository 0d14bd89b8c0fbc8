// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/expression.hpp"

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "sweep/node.hpp"

namespace msunet::sweep {

namespace {

[[noreturn]] void fail(std::string_view text, const ExpressionProblem& problem) {
    throw core::UsageError(core::concat("--boolean_limit ", core::quoted(text), ", position ",
                                        problem.position + 1, ": ", problem.what()));
}

}  // namespace

Expression::Expression(std::string_view text, const std::vector<std::string>& names) : text_(text) {
    try {
        root_ = std::make_unique<Node>(parse(text_, names));
    } catch (const ExpressionProblem& problem) {
        fail(text_, problem);
    }
}

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

bool Expression::accepts(const Lookup& value) const {
    try {
        return truth(evaluate(*root_, value));
    } catch (const ExpressionProblem& problem) {
        fail(text_, problem);
    }
}

}  // namespace msunet::sweep
