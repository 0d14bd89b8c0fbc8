// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "msunet/config/parse.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::settings {

/// Warnings about given options that the chosen benchmark does not use.
[[nodiscard]] std::vector<std::string> useless_bench_options(const BenchOptions& options,
                                                             const config::Settings& given);

}  // namespace msunet::settings
