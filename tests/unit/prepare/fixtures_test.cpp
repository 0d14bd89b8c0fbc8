// SPDX-License-Identifier: Apache-2.0
// The whole way from files to samples against the reference (SimpleITK and NumPy).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/cut_batch.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/prepare/prepare.hpp"
#include "support/nodes.hpp"
#include "support/npy.hpp"
#include "support/reference.hpp"

namespace msunet::prepare {
namespace {

struct Case {
    const char* name;
    std::optional<std::int64_t> width;  ///< mode 2; else 0.08, 0.08, 0.76 mm
    bool fractional;
};

void PrintTo(const Case& which, std::ostream* stream) { *stream << which.name; }

class Fixture : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        const std::string file = core::concat("preprocess/", GetParam().name, ".npz");
        expected_ = test::read_npz(test::reference(file));
    }
    Request request() const {
        Request request;
        request.folders.training_data_path = test::reference("scans/data").string();
        request.folders.mask_data_path = test::reference("scans/masks").string();
        request.augment.enable_augmentation = false;
        request.split.validation_split = 0;
        request.patches.use_frac_patch = GetParam().fractional;
        if (!GetParam().fractional) request.patch_dimensions = {128};
        if (GetParam().width) {
            request.preprocess.target_size = GetParam().width;
        } else {
            request.preprocess.horizontal_interpolation_spacing = 0.08;
        }
        return request;
    }
    const std::vector<double>& values(const std::string& name) const {
        return expected_.at(name).values;
    }
    std::vector<std::size_t> sizes(const std::string& name) const {
        const auto& all = values(name);
        return {all.begin(), all.end()};
    }

    std::map<std::string, test::NpyArray> expected_;
    comm::Communicator world_ = comm::Communicator::world();
};

TEST_P(Fixture, GivesTheReferencesSamples) {
    const Prepared prepared = prepare(request(), comm::NodeTopology(world_));
    const data::Dataset& dataset = prepared.dataset;
    const data::PatchIndex index(dataset, data::patch_spec(request().patches, 128, 32));

    // Volumes: sizes, kept slices, patch sizes, positions, the middle slice.
    ASSERT_EQ(dataset.sources().size(), 3U);
    std::uint32_t first_slice = 0;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const std::string prefix = core::concat(i, "_");
        const auto size = sizes(prefix + "size_zyx");
        const auto kept = sizes(prefix + "kept");
        EXPECT_EQ(dataset.sources()[i].name, expected_.at(prefix + "name").texts.at(0));
        EXPECT_EQ(prepared.survey.pairs[i].after.size,
                  (std::array<std::size_t, 3>{size[2], size[1], size[0]}));
        for (std::uint32_t k = 0; k < kept.size(); ++k) {
            const auto& slice = dataset.slices().at(first_slice + k);
            EXPECT_EQ(slice.source, i);
            EXPECT_EQ(slice.height, size[1]);
            EXPECT_EQ(slice.width, size[2]);
        }
        const auto patch = sizes(prefix + "patch_stride");
        EXPECT_EQ(data::patch_size(index.spec(), static_cast<std::uint32_t>(size[1]),
                                   static_cast<std::uint32_t>(size[2])),
                  (data::PatchSize{
                      static_cast<std::uint32_t>(patch[0]), static_cast<std::uint32_t>(patch[1]),
                      static_cast<std::uint32_t>(patch[2]), static_cast<std::uint32_t>(patch[3])}));
        std::vector<std::size_t> positions;
        for (const auto& window : index.windows()) {
            if (window.slice != first_slice) continue;
            positions.push_back(window.row);
            positions.push_back(window.column);
        }
        EXPECT_EQ(positions, sizes(prefix + "positions"));

        const auto middle = std::ranges::find(kept, size[0] / 2);
        ASSERT_NE(middle, kept.end());
        const auto& slice =
            dataset.slices()[first_slice + static_cast<std::size_t>(middle - kept.begin())];
        const auto& voxels = values(prefix + "norm_mid");
        const auto& masks = values(prefix + "mask_mid");
        ASSERT_EQ(voxels.size(), dataset.voxels(slice).size());
        for (std::size_t at = 0; at < voxels.size(); ++at) {
            ASSERT_NEAR(dataset.voxels(slice)[at], voxels[at], 1e-6) << i << " " << at;
            ASSERT_EQ(dataset.masks(slice)[at], masks[at]) << i << " " << at;
        }
        first_slice += static_cast<std::uint32_t>(kept.size());
    }
    ASSERT_EQ(dataset.slices().size(), first_slice);

    // Samples: number, size, order, sums, sampled voxels.
    const auto shape = sizes("shape");
    ASSERT_EQ(index.size(), shape[0]);
    ASSERT_EQ(static_cast<std::size_t>(index.padded_height()), shape[1]);
    ASSERT_EQ(static_cast<std::size_t>(index.padded_width()), shape[2]);
    const std::size_t area = shape[1] * shape[2];
    std::vector<std::uint32_t> samples(index.size());
    std::iota(samples.begin(), samples.end(), 0U);
    std::vector<float> x(index.size() * area);
    std::vector<float> y(x.size());
    data::cut_batch(dataset, index, samples, x.data(), y.data());
    for (std::size_t n = 0; n < index.size(); ++n) {
        const auto& source = dataset.source_of(dataset.slices()[index.windows()[n].slice]);
        ASSERT_EQ(static_cast<double>(source.modality), values("modality")[n]);
        ASSERT_EQ(source.pair, values("pair")[n]);
        const auto begin = static_cast<std::ptrdiff_t>(n * area);
        const auto end = begin + static_cast<std::ptrdiff_t>(area);
        const double sum_x = std::accumulate(x.begin() + begin, x.begin() + end, 0.0);
        const double sum_y = std::accumulate(y.begin() + begin, y.begin() + end, 0.0);
        ASSERT_NEAR(sum_x, values("patch_sum_x")[n], 1e-6 * values("patch_sum_x")[n] + 1e-6);
        ASSERT_EQ(sum_y, values("patch_sum_y")[n]);
    }
    const auto at = sizes("sample_index");
    for (std::size_t k = 0; k < 256; ++k) {
        const std::size_t voxel = at[3 * k] * area + at[3 * k + 1] * shape[2] + at[3 * k + 2];
        ASSERT_NEAR(x[voxel], values("sample_x")[k], 1e-6);
        ASSERT_EQ(y[voxel], values("sample_y")[k]);
    }
}

TEST_P(Fixture, IsTheSameOnAnyNumberOfRanks) {
    const auto self = comm::Communicator::self_without_mpi();
    const Prepared shared = prepare(request(), msunet::test::simulated_nodes(world_, 1));
    const Prepared alone = prepare(request(), comm::NodeTopology(self));
    EXPECT_EQ(shared.dataset.hash(), alone.dataset.hash());
}

INSTANTIATE_TEST_SUITE_P(Reference, Fixture,
                         testing::Values(Case{"spacing", std::nullopt, true},
                                         Case{"target64", 64, true}, Case{"target128", 128, true},
                                         Case{"spacing_fixed", std::nullopt, false}),
                         [](const auto& which) { return which.param.name; });

}  // namespace
}  // namespace msunet::prepare
