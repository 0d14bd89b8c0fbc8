// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the scaling suite's benchmarks and their variants are called on the command line, in tables
/// and in files.
#pragma once

#include <string_view>

namespace msunet::bench::names {

inline constexpr std::string_view group = "group";
inline constexpr std::string_view strong = "strong";
inline constexpr std::string_view weak = "weak";

inline constexpr std::string_view sweep = "sweep";

inline constexpr std::string_view prepare = "prepare";

inline constexpr std::string_view io = "io";
inline constexpr std::string_view write = "write";
inline constexpr std::string_view read = "read";

inline constexpr std::string_view limits = "limits";
inline constexpr std::string_view multiply_add = "multiply-add";
inline constexpr std::string_view triad = "triad";

// Units of what was done.
inline constexpr std::string_view samples = "samples";
inline constexpr std::string_view bytes = "bytes";
inline constexpr std::string_view flop = "flop";

}  // namespace msunet::bench::names
