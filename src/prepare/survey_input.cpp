// SPDX-License-Identifier: Apache-2.0
#include "prepare/survey_input.hpp"

#include <algorithm>
#include <utility>

#include "prepare/progress.hpp"

namespace msunet::prepare {

namespace {

/// A pair's geometry as it travels between ranks.
struct Sent {
    std::uint64_t pair = 0;
    PairGeometry geometry;
};

/// Bytes of a pair's slices if none is dropped.
std::uint64_t bytes_of(const imaging::Grid& grid) {
    return std::uint64_t{grid.size[0]} * grid.size[1] * grid.size[2] *
           (sizeof(float) + sizeof(std::uint8_t));
}

/// Files whose partner is unknown: each by itself, headers and voxels.
void check_single_files(const Request& request, const Input& input, const comm::Communicator& ranks,
                        Observer& observer, std::vector<PlacedFindings>& found) {
    const std::size_t volumes = input.data.size();
    const std::size_t files = volumes + input.masks.size();
    const std::int64_t frame = request.preprocess.frame;
    for (auto i = static_cast<std::size_t>(ranks.rank()); i < files;
         i += static_cast<std::size_t>(ranks.size())) {
        const bool is_mask = i >= volumes;
        const auto path = is_mask ? input.mask_folder / input.masks[i - volumes]
                                  : input.data_folder / input.data[i];
        const Holding holding(observer, path.filename().string());
        PlacedFindings placed{.place = i, .findings = {}};
        if (check_header(path, placed.findings)) {
            is_mask ? load_mask(path, frame, placed.findings)
                    : load_volume(path, frame, placed.findings);
        }
        found.push_back(std::move(placed));
    }
}

}  // namespace

bool SurveyedInput::complete() const {
    return std::ranges::all_of(geometries, [](const auto& known) { return known.has_value(); });
}

std::vector<std::int64_t> fixed_patches(const Request& request) {
    return request.patches.use_frac_patch ? std::vector<std::int64_t>() : request.patch_dimensions;
}

SurveyedInput survey_input(const Request& request, const Input& input,
                           const comm::Communicator& ranks, Observer& observer) {
    SurveyedInput surveyed{
        .geometries = std::vector<std::optional<PairGeometry>>(input.pairs.size()), .findings = {}};
    std::vector<Sent> mine;
    together(ranks, [&] {
        if (!input.findings.problems.empty()) {
            check_single_files(request, input, ranks, observer, surveyed.findings);
            return;
        }
        const auto patches = fixed_patches(request);
        for (auto pair = static_cast<std::size_t>(ranks.rank()); pair < input.pairs.size();
             pair += static_cast<std::size_t>(ranks.size())) {
            const Holding holding(observer, input.pairs[pair].data);
            PlacedFindings placed{.place = pair, .findings = {}};
            const auto geometry =
                check_pair_headers(input.files(pair), request.preprocess, patches, placed.findings);
            if (geometry) mine.push_back({pair, *geometry});
            surveyed.findings.push_back(std::move(placed));
        }
    });
    for (const Sent& sent : ranks.all_gather(mine)) {
        surveyed.geometries[sent.pair] = sent.geometry;
    }
    return surveyed;
}

std::vector<imaging::AugmentedCopy> copies_of(const Request& request, const Input& input) {
    if (imaging::already_augmented(input.data) || imaging::already_augmented(input.masks)) {
        return {};
    }
    std::vector<std::uint32_t> pairs;
    for (std::uint32_t pair = 0; pair < input.pairs.size(); ++pair) {
        if (!input.pairs[pair].validation || request.augment.augment_validation) {
            pairs.push_back(pair);
        }
    }
    return imaging::plan_augmentation(request.augment, request.seed, pairs);
}

Survey survey_of(const Input& input, const SurveyedInput& surveyed,
                 const std::vector<imaging::AugmentedCopy>& copies) {
    Survey survey;
    for (std::size_t pair = 0; pair < input.pairs.size(); ++pair) {
        const PairGeometry& geometry = surveyed.geometries[pair].value();
        survey.pairs.push_back(
            {.pair = input.pairs[pair], .before = geometry.before, .after = geometry.after});
        survey.largest_bytes += bytes_of(geometry.after);
    }
    survey.copies = copies.size();
    for (const imaging::AugmentedCopy& copy : copies) {
        survey.largest_bytes += bytes_of(surveyed.geometries[copy.pair]->after);
    }
    return survey;
}

}  // namespace msunet::prepare
