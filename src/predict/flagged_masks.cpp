// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/flagged_masks.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/predict/mask_facts.hpp"
#include "msunet/report/qc.hpp"

namespace msunet::predict {

using core::concat;

void flag_against_others(const PredictionPlan& plan, std::vector<ScanReport>& reports) {
    std::vector<RunMask> masks;
    std::vector<ScanReport*> of_mask;
    for (ScanReport& report : reports) {
        if (!report.volume_mm3) continue;
        masks.push_back(
            {.modality = plan.tasks[report.task].modality, .volume_mm3 = *report.volume_mm3});
        of_mask.push_back(&report);
    }
    const auto flags = far_from_median(masks);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i].empty() || masks[i].volume_mm3 == 0) continue;
        of_mask[i]->flags.push_back(flags[i]);
        if (!of_mask[i]->qc.empty()) report::add_flag(of_mask[i]->qc, flags[i]);
    }
}

void warn_of_flagged(const PredictionPlan& plan, const std::vector<ScanReport>& reports,
                     bool has_page) {
    constexpr std::size_t most = 10;
    std::string flagged;
    std::size_t masks = 0;
    std::size_t count = 0;
    for (const ScanReport& report : reports) {
        if (!report.volume_mm3) continue;
        ++masks;
        if (report.flags.empty()) continue;
        if (++count > most) continue;
        flagged += concat("\n  ", core::quoted(plan.tasks[report.task].scan.name()), ": ",
                          core::join(report.flags, "; "));
    }
    if (count == 0) return;
    if (count > most) flagged += concat("\n  and ", count - most, " more");
    core::log::warn(concat(count, " of ", core::counted(masks, "mask is", "masks are"),
                           " flagged, check them",
                           has_page ? ":" : " (--qc shows them):", flagged));
}

void print_height_for_msunet_ram(const settings::PredictSettings& settings,
                                 const std::vector<ScanReport>& reports) {
    if (settings.preprocess.by_spacing()) return;
    std::map<std::int64_t, std::size_t> scans;  // by height
    for (const ScanReport& report : reports) {
        if (report.height > 0 && report.height != report.width) ++scans[report.height];
    }
    for (const auto& [height, count] : scans) {
        core::log::info(concat("-ts ", settings.preprocess.target(),
                               " sets the width of slices; for ", core::counted(count, "scan"),
                               " the same size is -ts ", height,
                               " in msUNET-RAM's inference, which sets their height"));
    }
}

}  // namespace msunet::predict
