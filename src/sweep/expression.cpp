// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/expression.hpp"

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "sweep/node.hpp"

namespace msunet::sweep {

namespace {

[[noreturn]] void fail(std::string_view text, const ExpressionProblem& problem) {
    throw core::UsageError(
        {.option = "--boolean_limit",
         .got = std::string(text),
         .problem = core::concat(", position ", problem.position + 1, ": ", problem.what())});
}

/// Spells texts in `node`, a literal or a list of them, as values of this name.
void spell(Expression::Node& node, const std::string& name,
           const Expression::Canonical& canonical) {
    for (auto& element : node.operands) spell(element, name, canonical);
    if (node.kind == Expression::Node::Kind::literal &&
        std::holds_alternative<std::string>(node.value)) {
        node.value = canonical(name, node.value);
    }
}

/// Does so in all comparisons, which may be chains.
void spell_compared(Expression::Node& node, const std::vector<std::string>& names,
                    const Expression::Canonical& canonical) {
    using Kind = Expression::Node::Kind;
    for (auto& operand : node.operands) spell_compared(operand, names, canonical);
    if (node.kind != Kind::comparison) return;
    const auto is_constant = [](const Expression::Node& one) {
        return one.kind == Kind::literal || one.kind == Kind::list;
    };
    for (std::size_t i = 0; i + 1 < node.operands.size(); ++i) {
        auto& left = node.operands[i];
        auto& right = node.operands[i + 1];
        if (left.kind == Kind::name && is_constant(right)) {
            spell(right, names[left.slot], canonical);
        } else if (right.kind == Kind::name && is_constant(left)) {
            spell(left, names[right.slot], canonical);
        }
    }
}

}  // namespace

Expression::Expression(std::string_view text, const std::vector<std::string>& names,
                       const Canonical& canonical)
    : text_(text) {
    try {
        root_ = std::make_unique<Node>(parse(text_, names));
        if (canonical) spell_compared(*root_, names, canonical);
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
