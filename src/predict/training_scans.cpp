// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/training_scans.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::predict {

using core::concat;

namespace {

/// How far outside of the training scans' range a measure may lie, and how it is said. Measured on
/// real scans: docs/predict.md.
struct Tolerance {
    double beyond;  ///< a share of the value, or absolute
    bool is_share;
    int digits;
    const char* words;
    const char* unit;
};

/// Indexed as imaging::measures.
constexpr std::array<Tolerance, imaging::measures.size()> tolerances{
    {{0.25, true, 0, "volume", " mm³"},
     {0.25, true, 3, "pixels of", " mm"},
     {0.08, false, 2, "signal centred across at", ""},
     {0.08, false, 2, "signal centred from top to bottom at", ""},
     {0.4, true, 3, "mean value in the mask", ""},
     {0.6, true, 3, "mean value outside of the mask", ""},
     {0.015, false, 3, "upside down? brain below the signal's centre by", ""}}};

bool is_outside(double value, const MeasureRange& range, const Tolerance& tolerance) {
    if (!std::isfinite(value)) return false;
    if (tolerance.is_share) {
        return value < range.low * (1 - tolerance.beyond) ||
               value > range.high * (1 + tolerance.beyond);
    }
    return value < range.low - tolerance.beyond || value > range.high + tolerance.beyond;
}

std::vector<std::string> differences(const imaging::ScanMeasures& scan,
                                     const ModalityScans& training) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < tolerances.size(); ++i) {
        const auto& measure = imaging::measures[i];
        const auto range = training.ranges.find(measure.name);
        if (range == training.ranges.end()) continue;  // of another version
        const double value = scan.*measure.value;
        const auto& [low, high] = range->second;
        const auto& tolerance = tolerances[i];
        if (!is_outside(value, range->second, tolerance)) continue;
        const auto from = core::fixed(low, tolerance.digits);
        const auto to = core::fixed(high, tolerance.digits);
        texts.push_back(concat(tolerance.words, ' ', core::fixed(value, tolerance.digits),
                               tolerance.unit, ", in training ", from,
                               from == to ? std::string() : concat(" to ", to)));
    }
    return texts;
}

/// Makes the range of this name contain `range`.
void widen(ModalityScans& of, std::string_view name, const MeasureRange& range) {
    const auto [place, is_new] = of.ranges.emplace(name, range);
    place->second.low = std::min(place->second.low, range.low);
    place->second.high = std::max(place->second.high, range.high);
}

std::vector<ModalityScans> in_order(std::map<core::Modality, ModalityScans> found) {
    std::vector<ModalityScans> ranges;
    for (auto& [modality, of] : found) ranges.push_back(std::move(of));
    return ranges;
}

}  // namespace

std::vector<ModalityScans> ranges_of(std::span<const MeasuredScan> scans) {
    std::map<core::Modality, ModalityScans> found;
    for (const auto& [modality, values] : scans) {
        auto& of = found[modality];
        of.modality = modality;
        ++of.scans;
        for (const auto& measure : imaging::measures) {
            const double value = values.*measure.value;
            widen(of, measure.name, {.low = value, .high = value});
        }
    }
    return in_order(std::move(found));
}

std::vector<ModalityScans> joined_ranges(std::span<const std::vector<ModalityScans>> models) {
    std::map<core::Modality, ModalityScans> found;
    for (const auto& model : models) {
        for (const auto& [modality, scans, ranges] : model) {
            auto& of = found[modality];
            of.modality = modality;
            of.scans = std::max(of.scans, scans);
            for (const auto& [name, range] : ranges) widen(of, name, range);
        }
    }
    return in_order(std::move(found));
}

std::vector<std::string> unlike_training(const imaging::ScanMeasures& scan,
                                         std::optional<core::Modality> modality,
                                         std::span<const ModalityScans> training) {
    if (training.empty()) return {};
    if (modality) {
        const auto same = std::ranges::find(training, *modality, &ModalityScans::modality);
        if (same != training.end()) return differences(scan, *same);
        return {concat("no training scan is ", core::name_of(*modality))};
    }
    std::optional<std::vector<std::string>> fewest;
    for (const auto& of : training) {
        auto found = differences(scan, of);
        if (!fewest || found.size() < fewest->size()) fewest = std::move(found);
    }
    return *fewest;
}

}  // namespace msunet::predict
