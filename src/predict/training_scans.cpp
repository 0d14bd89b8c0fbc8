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

struct Tolerance;

/// "volume 850 mm³, in training 1700 to 1900".
std::string usual_text(double value, const MeasureRange& range, const Tolerance& how);
/// "brain 0.055 above the signal's centre, in training 0.071 to 0.120".
std::string height_text(double value, const MeasureRange& range, const Tolerance& how);

/// How far outside of the training scans' range a measure may lie, and how it is said. Measured on
/// real scans: docs/predict.md.
struct Tolerance {
    double beyond;  ///< a share of the value, or absolute
    bool is_share;
    int digits;
    const char* words;
    const char* unit;
    std::string (*text)(double, const MeasureRange&, const Tolerance&) = usual_text;
};

/// Indexed as imaging::measures.
constexpr std::array<Tolerance, imaging::measures.size()> tolerances{
    {{0.25, true, 0, "volume", " mm³"},
     {0.25, true, 3, "pixels of", " mm"},
     {0.08, false, 2, "signal centred across at", ""},
     {0.08, false, 2, "signal centred from top to bottom at", ""},
     {0.4, true, 3, "mean value in the mask", ""},
     {0.6, true, 3, "mean value outside of the mask", ""},
     {0.015, false, 3, "brain", "the signal's centre", height_text}}};

std::string usual_text(double value, const MeasureRange& range, const Tolerance& how) {
    const auto from = core::fixed(range.low, how.digits);
    const auto to = core::fixed(range.high, how.digits);
    return concat(how.words, ' ', core::fixed(value, how.digits), how.unit, ", in training ", from,
                  from == to ? std::string() : concat(" to ", to));
}

const char* side_of(double lower) { return lower > 0 ? "below" : "above"; }

std::string height_text(double value, const MeasureRange& range, const Tolerance& how) {
    const auto distance = [&](double lower) { return core::fixed(std::abs(lower), how.digits); };
    const auto [low, high] = range;
    std::string training;
    bool other_side = false;
    if (low <= 0 && high > 0) {
        training = concat(distance(low), " above to ", distance(high), " below");
    } else {
        const auto from = distance(high > 0 ? low : high);
        const auto to = distance(high > 0 ? high : low);
        other_side = (value > 0) != (high > 0);
        training = concat(from, from == to ? std::string() : concat(" to ", to),
                          other_side ? concat(' ', side_of(high)) : std::string());
    }
    return concat(other_side ? "upside down? " : "", how.words, ' ', distance(value), ' ',
                  side_of(value), ' ', how.unit, ", in training ", training);
}

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
        const auto& tolerance = tolerances[i];
        if (!is_outside(value, range->second, tolerance)) continue;
        texts.push_back(tolerance.text(value, range->second, tolerance));
    }
    return texts;
}

/// Makes the range of this name contain `range`.
void widen(ModalityScans& of, std::string_view name, const MeasureRange& range) {
    const auto [place, is_new] = of.ranges.emplace(name, range);
    place->second.low = std::min(place->second.low, range.low);
    place->second.high = std::max(place->second.high, range.high);
}

std::vector<ModalityScans> in_order(const std::map<core::Modality, ModalityScans>& found) {
    std::vector<ModalityScans> ranges;
    ranges.reserve(found.size());
    for (const auto& [modality, of] : found) ranges.push_back(of);
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
