// SPDX-License-Identifier: Apache-2.0
#include "prepare/single_files.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "prepare/agreement.hpp"
#include "prepare/progress.hpp"

namespace msunet::prepare {

Findings check_single_files(const Request& request, const Input& input,
                            const comm::Communicator& ranks, Observer& observer) {
    const std::size_t volumes = input.data.size();
    const std::size_t files = volumes + input.masks.size();
    const imaging::PreprocessOptions& options = request.preprocess;
    std::vector<PlacedFindings> mine;
    together(ranks, [&] {
        const auto stride = static_cast<std::size_t>(ranks.size());
        for (auto i = static_cast<std::size_t>(ranks.rank()); i < files; i += stride) {
            const bool is_mask = i >= volumes;
            const auto path = is_mask ? input.mask_folder / input.masks[i - volumes]
                                      : input.data_folder / input.data[i];
            const Holding holding(observer, path.filename().string());
            PlacedFindings placed{.place = i, .findings = {}};
            if (auto file = open_scan(path, placed.findings)) {
                if (!is_mask) note_header(*file, options, placed.findings);
                using Read = std::optional<io::NiftiFrame> (*)(
                    io::NiftiFile, const imaging::PreprocessOptions&, io::Extent, Findings&);
                const Read read = is_mask ? Read{read_mask} : Read{read_volume};
                static_cast<void>(
                    read(std::move(*file), options, io::Extent::frame, placed.findings));
            }
            mine.push_back(std::move(placed));
        }
    });
    Findings gathered = gather_findings(ranks, mine);
    Findings findings = input.findings;
    std::ranges::move(gathered.problems, std::back_inserter(findings.problems));
    findings.warnings = std::move(gathered.warnings);
    return findings;
}

}  // namespace msunet::prepare
