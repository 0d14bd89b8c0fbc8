// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench_settings.hpp"
#include "msunet/config/parse.hpp"

namespace msunet::app {

/// Warnings about given options that the chosen benchmark does not use.
[[nodiscard]] std::vector<std::string> useless_bench_options(const BenchOptions& options,
                                                             const config::Settings& given);

}  // namespace msunet::app
