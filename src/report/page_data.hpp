// SPDX-License-Identifier: Apache-2.0
// The data behind report.html as one JSON text; page/*.js reads it.
#pragma once

#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/html.hpp"

namespace msunet::report {

/// What the page's script finds in `<script id="data">`; "<" is escaped, so that no text ends the
/// element.
std::string page_data(const record::SweepRecord& record, const std::vector<SlicePicture>& pictures);

}  // namespace msunet::report
