// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/value.hpp"

namespace msunet::sweep {

/// A problem at a place of an expression; becomes a core::UsageError where the text is known.
struct ExpressionProblem : std::runtime_error {
    ExpressionProblem(std::size_t where, const std::string& what)
        : std::runtime_error(what), position(where) {}
    std::size_t position;
};

/// A word of an expression.
struct Token {
    enum class Kind { end, name, literal, symbol } kind = Kind::end;
    std::string text;          ///< name or symbol; words like `and` are names
    core::Value value;         ///< of a literal
    std::size_t position = 0;  ///< of its first character, from 0
};

/// Cuts an expression into words; the last one is the end. Throws ExpressionProblem.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace msunet::sweep
