// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace msunet::report {

/// The self-contained page of the scaling suite, from the text of its bench.json.
[[nodiscard]] std::string bench_html(std::string_view json);

}  // namespace msunet::report
