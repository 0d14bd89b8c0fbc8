// SPDX-License-Identifier: Apache-2.0
#include "prepare/source_maker.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/imaging/augment.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

SourceSlices keep_slices(std::size_t source, const imaging::NormalisedPair& pair) {
    const std::size_t width = pair.volume.size[0];
    const std::size_t area = width * pair.volume.size[1];
    SourceSlices kept{.source = static_cast<std::uint32_t>(source),
                      .layout = {.height = static_cast<std::uint32_t>(pair.volume.size[1]),
                                 .width = static_cast<std::uint32_t>(width),
                                 .slices = static_cast<std::uint32_t>(pair.slices.kept.size())},
                      .dropped = pair.slices.dropped,
                      .measures = imaging::measure(pair.volume, pair.mask),
                      .outliers_kept = pair.outliers.skipped,
                      .voxels = std::vector<float>(area * pair.slices.kept.size()),
                      .masks = std::vector<std::uint8_t>(area * pair.slices.kept.size())};
    for (std::size_t i = 0; i < pair.slices.kept.size(); ++i) {
        const std::size_t from = pair.slices.kept[i] * area;
        std::copy_n(pair.volume.voxels.data() + from, area, kept.voxels.data() + i * area);
        std::copy_n(pair.mask.data() + from, area, kept.masks.data() + i * area);
    }
    return kept;
}

}  // namespace

SourceMaker::SourceMaker(const Request& request, const Input& input)
    : request_(request),
      input_(input),
      outliers_(imaging::outlier_value(request.patches.use_frac_patch)) {}

std::optional<SourceSlices> SourceMaker::original(std::size_t pair, const PairContent& content,
                                                  Findings& findings) const {
    SourceSlices slices = normalise(pair, pair, content.geometry, content.voxels);
    if (slices.layout.slices > 0) return slices;
    const char* ends = "";
    if (ends_of(pair) == imaging::EndSlices::drop) {
        ends =
            "the first and the last are dropped unless anatomical or with --end_slices keep, and ";
    } else if (ends_of(pair) == imaging::EndSlices::automatic) {
        ends = "the first and the last are dropped if they have no mask, and ";
    }
    findings.problems.push_back(
        {.path = input_.files(pair).data,
         .problem = "yields no slice",
         .why = core::concat(ends, "none has a value above 0.2 of the volume's range"),
         .advice = "check the scan or remove the pair"});
    return std::nullopt;
}

SourceSlices SourceMaker::copy(std::size_t source, const imaging::AugmentedCopy& copy,
                               const PairGeometry& geometry, LoadedPair voxels) const {
    imaging::apply(copy, voxels.volume, voxels.mask);
    if (const auto& folder = request_.augment.write_augmented) {
        write_copy(*folder, input_.pairs[copy.pair], copy, voxels, request_.preprocess);
    }
    return normalise(source, copy.pair, geometry, voxels);
}

imaging::EndSlices SourceMaker::ends_of(std::size_t pair) const {
    const bool anatomical = input_.pairs[pair].modality == core::Modality::anatomical;
    return anatomical ? imaging::EndSlices::keep : request_.slices.end_slices;
}

SourceSlices SourceMaker::normalise(std::size_t source, std::size_t pair,
                                    const PairGeometry& geometry, const LoadedPair& voxels) const {
    return keep_slices(source, imaging::normalise_pair(voxels.volume, voxels.mask, geometry.after,
                                                       outliers_, ends_of(pair)));
}

}  // namespace msunet::prepare
