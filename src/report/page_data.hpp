// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/html.hpp"

namespace msunet::report {

/// The data of report.html as JSON, which page/*.js reads from `<script id="data">`; "<" is
/// escaped, so that no text ends the element.
[[nodiscard]] std::string page_data(const record::SweepRecord& record,
                                    const std::vector<SlicePicture>& pictures,
                                    const std::vector<ScanDice>& scans, const RefitNote& refit);

}  // namespace msunet::report
