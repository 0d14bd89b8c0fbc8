// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace msunet::core {

/// An exception in one line: "out of memory", all problems of an Error, else the first line of
/// what(), as libtorch adds a stack trace. Where that line ends with a colon, as ITK's does, the
/// second one too. Never empty.
[[nodiscard]] std::string failure_text(const std::exception& error);

/// Whether such a line is that of too little memory: the host's, CUDA's, cuDNN's or cuBLAS's.
[[nodiscard]] bool is_memory_failure(std::string_view text);

}  // namespace msunet::core
