// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"

namespace msunet::sweep {

/// The expression of `--boolean_limit`: a small part of Python over a permutation's values.
/// Names, numbers, texts in quotes, True, False, None; `or`, `and`, `not`; chained comparisons
/// (`<` `<=` `>` `>=` `==` `!=` `in` `not in` `is` `is not`) with lists; `+ - * / // % **`;
/// parentheses. Values compare and compute as in Python. A leading `lambda p:` with `p['lr']` is
/// understood too. Names are the grid's, in any of their spellings.
class Expression {
public:
    /// A value of a name in its canonical spelling ('adam' is 'Adam').
    using Canonical = std::function<core::Value(std::string_view name, const core::Value& value)>;

    /// Parses. Texts that are compared with a name are replaced by their `canonical` spelling, if
    /// that is given; the values of names are the caller's. Throws core::UsageError that shows the
    /// text, the position and what was expected.
    Expression(std::string_view text, const std::vector<std::string>& names,
               const Canonical& canonical = {});
    ~Expression();
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;

    /// The value of `names[i]` in the permutation.
    using Lookup = std::function<const core::Value&(std::size_t i)>;

    /// Whether the permutation is accepted, by Python's truth of the result. Throws
    /// core::UsageError if an operation isn't defined for its types or divides by zero.
    [[nodiscard]] bool accepts(const Lookup& value) const;

    /// A part of the parsed expression; private to the module.
    struct Node;

private:
    std::string text_;
    std::unique_ptr<Node> root_;
};

}  // namespace msunet::sweep
