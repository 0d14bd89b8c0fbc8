// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/training_scans_text.hpp"

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"

namespace msunet::predict {

template <class Archive, codec::Is<MeasureRange> T>
void fields(Archive& archive, T& value) {
    archive("low", value.low);
    archive("high", value.high);
}

template <class Archive, codec::Is<ModalityScans> T>
void fields(Archive& archive, T& value) {
    archive("modality", value.modality);
    archive("scans", value.scans);
    archive("ranges", value.ranges);
}

std::string training_scans_text(const prepare::Survey& survey) {
    std::vector<MeasuredScan> scans;
    for (const auto& surveyed : survey.pairs) {
        if (surveyed.pair.validation) continue;
        scans.push_back({.modality = surveyed.pair.modality, .measures = surveyed.measures});
    }
    return codec::to_json(ranges_of(scans));
}

std::vector<ModalityScans> training_scans_of(const std::string& text) {
    try {
        return codec::from_json<std::vector<ModalityScans>>(text);
    } catch (const core::Error&) {
        return {};  // masks are then not compared with training's
    }
}

}  // namespace msunet::predict
