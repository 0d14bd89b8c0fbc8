// SPDX-License-Identifier: Apache-2.0
/// \file
/// The members of what prepare keeps in the cache and sends between ranks, for module codec.
#pragma once

#include "msunet/codec/failure.hpp"
#include "msunet/codec/fields.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/measures.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/prepare/prepare.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::imaging {

template <class Archive, codec::Is<Grid> T>
void fields(Archive& archive, T& value) {
    archive("size", value.size);
    archive("spacing", value.spacing);
    archive("origin", value.origin);
}

template <class Archive, codec::Is<ScanMeasures> T>
void fields(Archive& archive, T& value) {
    for (const Measure& measure : measures) archive(measure.name, value.*measure.value);
}

template <class Archive, codec::Is<DroppedSlices> T>
void fields(Archive& archive, T& value) {
    archive("ends", value.ends);
    archive("dark", value.dark);
}

}  // namespace msunet::imaging

namespace msunet::data {

template <class Archive, codec::Is<Source> T>
void fields(Archive& archive, T& value) {
    archive("name", value.name);
    archive("modality", value.modality);
    archive("validation", value.validation);
    archive("augmented", value.augmented);
    archive("pair", value.pair);
}

}  // namespace msunet::data

namespace msunet::prepare {

template <class Archive, codec::Is<Findings> T>
void fields(Archive& archive, T& value) {
    archive("problems", value.problems);
    archive("warnings", value.warnings);
    archive("remarks", value.remarks);
}

template <class Archive, codec::Is<Pair> T>
void fields(Archive& archive, T& value) {
    archive("data", value.data);
    archive("mask", value.mask);
    archive("modality", value.modality);
    archive("validation", value.validation);
    archive("subject", value.subject);
}

template <class Archive, codec::Is<SurveyedPair> T>
void fields(Archive& archive, T& value) {
    archive("pair", value.pair);
    archive("before", value.before);
    archive("after", value.after);
    archive("dropped", value.dropped);
    archive("measures", value.measures);
}

template <class Archive, codec::Is<Survey> T>
void fields(Archive& archive, T& value) {
    archive("pairs", value.pairs);
    archive("slices", value.slices);
    archive("copies", value.copies);
    archive("largest_bytes", value.largest_bytes);
}

}  // namespace msunet::prepare
