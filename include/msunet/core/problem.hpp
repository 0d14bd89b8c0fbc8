// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace msunet::core {

/// What is wrong, as data. Members that don't apply are empty. The subject of the message is the
/// option, the key or the path: of several the first.
struct Problem {
    std::string place{};     ///< where it was read: "config.yaml, line 3"
    std::string option{};    ///< or environment variable, as users write it: "--epochs"
    std::string path{};      ///< file or folder
    std::string kind{};      ///< of the key, without a key of the path: "array", "experiment"
    std::string key{};       ///< key of the grid, part of a file
    std::string got{};       ///< the value
    std::string expected{};  ///< what is allowed
    std::string problem{};   ///< what is said of the subject: "leaves no permutation"
    std::string why{};
    std::string advice{};  ///< what to do

    friend bool operator==(const Problem&, const Problem&) = default;
};

/// The message. With `problem`: "--round_limit 3 leaves no permutation (why), advice", "array 'x'
/// of file 'a.h5' is missing, advice"; else with `got`: "'--precision' is 'tf32' (why), allowed is
/// float32, advice"; else with `expected`: "'owner.pid' is not an integer"; else the subject
/// alone: "can't write 'a.h5' (why)". Values are quoted, but before `problem` not numbers that are
/// no path, True and False. A comma, colon or semicolon that begins `problem` or `advice` takes the
/// place of what would join it to the text before.
[[nodiscard]] std::string text_of(const Problem& problem);

}  // namespace msunet::core
