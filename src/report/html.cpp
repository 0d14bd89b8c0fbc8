// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/html.hpp"

#include "msunet/core/file.hpp"
#include "report/page_data.hpp"
#include "report/page_template.hpp"

namespace msunet::report {

std::string report_html(const record::SweepRecord& record,
                        const std::vector<SlicePicture>& pictures,
                        const std::vector<ScanDice>& scans, const RefitNote& refit) {
    return filled_page(report_page, record.start.experiment_name, "",
                       page_data(record, pictures, scans, refit));
}

void write_report(const std::filesystem::path& folder, const record::SweepRecord& record,
                  const RefitNote& refit) {
    core::write_file_atomically(
        folder / "report.html",
        report_html(record, read_pictures(folder, record), read_scan_dice(folder, record), refit),
        core::Durability::buffered);
}

}  // namespace msunet::report
