// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/bench_page.hpp"

#include "report/page_template.hpp"

namespace msunet::report {

std::string bench_html(std::string_view json) {
    return filled_page(bench_page, "Scaling", "Scaling", in_script(json));
}

}  // namespace msunet::report
