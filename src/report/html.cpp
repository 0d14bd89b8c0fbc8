// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/html.hpp"

#include "msunet/core/file.hpp"
#include "report/page.hpp"
#include "report/page_data.hpp"
#include "report/page_template.hpp"

namespace msunet::report {

std::string report_html(const record::SweepRecord& record,
                        const std::vector<SlicePicture>& pictures,
                        const std::vector<ScanDice>& scans, const RefitNote& refit) {
    // From the last mark to the first, as the inserted text may contain a mark.
    std::string page(page_html);
    fill(page, "{{script}}", page_script);
    fill(page, "{{data}}", page_data(record, pictures, scans, refit));
    fill(page, "{{style}}", page_style);
    fill(page, "{{title}}", in_html(record.start.experiment_name));
    return page;
}

void write_report(const std::filesystem::path& folder, const record::SweepRecord& record,
                  const RefitNote& refit) {
    core::write_file_atomically(
        folder / "report.html",
        report_html(record, read_pictures(folder, record), read_scan_dice(folder, record), refit),
        core::Durability::buffered);
}

}  // namespace msunet::report
