// SPDX-License-Identifier: Apache-2.0
// What SimpleITK and numpy make of three scans, in both modes and for both kinds of patches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "msunet/core/modality.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/imaging/resample.hpp"
#include "support/npy.hpp"
#include "support/read_volume.hpp"
#include "support/reference.hpp"

namespace msunet::imaging {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

struct Case {
    const char* name;
    bool spacing;
    std::int64_t target;
    OutlierValue outliers;
};

class Fixtures : public ::testing::TestWithParam<Case> {};

std::span<const float> middle_of(const core::Volume& volume) {
    const std::size_t area = volume.size[0] * volume.size[1];
    return std::span(volume.voxels).subspan(volume.size[2] / 2 * area, area);
}

TEST_P(Fixtures, are_met) {
    const auto [name, by_spacing, target, outliers] = GetParam();
    auto arrays = test::read_npz(test::reference("preprocess/" + std::string(name) + ".npz"));
    const auto data = files_in(test::reference("scans/data"));
    const auto masks = files_in(test::reference("scans/masks"));
    ASSERT_EQ(data.size(), 3U);
    PreprocessOptions options;
    if (by_spacing) {
        options.horizontal_interpolation_spacing = 0.08;
    } else {
        options.target_size = target;
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
        SCOPED_TRACE(data[i]);
        const auto expected = [&](const char* key) -> const std::vector<double>& {
            return arrays.at(std::to_string(i) + "_" + key).values;
        };
        const core::Volume volume = test::read_volume(data[i]);
        const core::Volume mask = test::read_mask(masks[i]);
        const bool anatomical =
            core::modality_of(masks[i].filename().string()) == core::Modality::anatomical;
        const Grid grid = grid_for(volume, options);
        const NormalisedPair pair = normalise_pair(volume, mask, grid, outliers,
                                                   anatomical ? EndSlices::keep : EndSlices::drop);

        const auto& size = expected("size_zyx");
        for (std::size_t axis = 0; axis < 3; ++axis) {
            ASSERT_EQ(static_cast<double>(pair.volume.size[axis]), size[2 - axis]);
        }
        const std::vector<double> kept(pair.slices.kept.begin(), pair.slices.kept.end());
        EXPECT_EQ(kept, expected("kept"));

        const core::Volume resampled = resample(volume, grid);
        const auto& resampled_mid = expected("resampled_mid");
        const auto& norm_mid = expected("norm_mid");
        const auto& mask_mid = expected("mask_mid");
        const std::size_t area = mask_mid.size();
        const std::size_t begin = pair.volume.size[2] / 2 * area;
        std::size_t different = 0;
        for (std::size_t k = 0; k < area; ++k) {
            different += middle_of(resampled)[k] == static_cast<float>(resampled_mid[k]) ? 0 : 1;
            ASSERT_NEAR(middle_of(pair.volume)[k], norm_mid[k], 1e-6);
            ASSERT_EQ(pair.mask[begin + k], mask_mid[k]);
        }
        EXPECT_EQ(different, 0U) << "resampled voxels that are not SimpleITK's to the bit";
        EXPECT_NEAR(std::accumulate(pair.volume.voxels.begin(), pair.volume.voxels.end(), 0.0) /
                        expected("norm_sum")[0],
                    1, 1e-7);
        EXPECT_EQ(std::accumulate(pair.mask.begin(), pair.mask.end(), 0.0),
                  expected("mask_sum")[0]);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Fixtures,
                         ::testing::Values(Case{"spacing", true, 0, OutlierValue::ten_means},
                                           Case{"target64", false, 64, OutlierValue::ten_means},
                                           Case{"target128", false, 128, OutlierValue::ten_means},
                                           Case{"spacing_fixed", true, 0, OutlierValue::median}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace msunet::imaging
