// SPDX-License-Identifier: Apache-2.0
#include "prepare/source_maker.hpp"

#include <algorithm>

#include "msunet/core/text.hpp"
#include "msunet/imaging/augment.hpp"
#include "msunet/imaging/volume_io.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

Made keep_slices(std::size_t source, const imaging::NormalisedPair& pair) {
    const std::size_t width = pair.volume.size[0];
    const std::size_t area = width * pair.volume.size[1];
    Made made{.source = static_cast<std::uint32_t>(source),
              .layout = {.height = static_cast<std::uint32_t>(pair.volume.size[1]),
                         .width = static_cast<std::uint32_t>(width),
                         .slices = static_cast<std::uint32_t>(pair.kept.size())},
              .outliers_kept = pair.outliers.skipped,
              .voxels = std::vector<float>(area * pair.kept.size()),
              .masks = std::vector<std::uint8_t>(area * pair.kept.size())};
    for (std::size_t i = 0; i < pair.kept.size(); ++i) {
        const std::size_t from = pair.kept[i] * area;
        std::copy_n(pair.volume.voxels.data() + from, area, made.voxels.data() + i * area);
        std::copy_n(pair.mask.data() + from, area, made.masks.data() + i * area);
    }
    return made;
}

}  // namespace

SourceMaker::SourceMaker(const Request& request, const Input& input, const SurveyedInput& surveyed)
    : request_(request),
      input_(input),
      surveyed_(surveyed),
      outliers_(imaging::outlier_value(request.patches.use_frac_patch)) {}

std::optional<Made> SourceMaker::original(std::size_t pair, Findings& findings) const {
    const PairFiles files = input_.files(pair);
    const auto loaded = load_pair(files, request_.preprocess.frame, findings);
    if (!loaded) return std::nullopt;
    Made made = normalise(pair, pair, *loaded);
    if (made.layout.slices > 0) return made;
    const char* ends =
        anatomical(pair) ? "" : "the first and the last are dropped unless anatomical, and ";
    findings.problems.push_back(core::concat(
        core::quoted(files.data.string()), " yields no slice (", ends,
        "none has a value above 0.2 of the volume's range), check the scan or remove the pair"));
    return std::nullopt;
}

Made SourceMaker::copy(std::size_t source, const imaging::AugmentedCopy& copy) const {
    const PairFiles files = input_.files(copy.pair);
    const std::int64_t frame = request_.preprocess.frame;
    LoadedPair loaded{.volume = imaging::read_volume(files.data, frame).volume,
                      .mask = imaging::read_mask(files.mask, frame).volume};
    imaging::apply(copy, loaded.volume, loaded.mask);
    if (const auto& folder = request_.augment.write_augmented) {
        write_copy(*folder, input_.pairs[copy.pair], copy, loaded);
    }
    return normalise(source, copy.pair, loaded);
}

bool SourceMaker::anatomical(std::size_t pair) const {
    return input_.pairs[pair].modality == core::Modality::anatomical;
}

Made SourceMaker::normalise(std::size_t source, std::size_t pair, const LoadedPair& loaded) const {
    return keep_slices(source, imaging::normalise_pair(loaded.volume, loaded.mask,
                                                       surveyed_.geometries[pair]->after, outliers_,
                                                       anatomical(pair)));
}

}  // namespace msunet::prepare
