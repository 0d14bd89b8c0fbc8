// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/summary.hpp"

namespace msunet::prepare {

DataSummary summarise(const data::Dataset& dataset, const data::PatchIndex* index) {
    DataSummary summary;
    summary.bytes = dataset.bytes();
    const auto count = [&](const data::Source& source, auto training, auto validation) {
        const auto member = source.validation ? validation : training;
        ++(summary.by_modality[static_cast<std::size_t>(source.modality)].*member);
        ++(summary.total.*member);
    };
    for (const data::Source& source : dataset.sources()) {
        if (source.augmented) {
            count(source, &Counts::copies, &Counts::copies);
        } else {
            count(source, &Counts::training_pairs, &Counts::validation_pairs);
        }
    }
    for (const data::Slice& slice : dataset.slices()) {
        count(dataset.source_of(slice), &Counts::training_slices, &Counts::validation_slices);
    }
    if (index == nullptr) return summary;
    for (const auto& window : index->windows()) {
        count(dataset.source_of(dataset.slices()[window.slice]), &Counts::training_samples,
              &Counts::validation_samples);
    }
    return summary;
}

}  // namespace msunet::prepare
