// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/cut_batch.hpp"

#include <gtest/gtest.h>

#include "make_dataset.hpp"

namespace msunet::data {
namespace {

using core::Modality;
using test::make_dataset;
using test::source;

TEST(CutBatch, CopiesWindowsAndPadsWithZeros) {
    const Dataset dataset = make_dataset(
        {{source("a", Modality::dti, 0), 2, 50, 40}, {source("b", Modality::fmri, 1), 1, 30, 64}});
    const PatchIndex index(dataset, {.fraction = 0.6, .stride_fraction = 0.15});
    const auto height = static_cast<std::size_t>(index.padded_height());
    const auto width = static_cast<std::size_t>(index.padded_width());
    ASSERT_EQ(height, 32U);
    ASSERT_EQ(width, 64U);

    const auto last = static_cast<std::uint32_t>(index.size() - 1);
    const std::vector<std::uint32_t> samples{last, 0, last / 2, 5};
    // Whatever was in the buffer before must not shine through.
    std::vector<float> x(samples.size() * height * width, -1);
    std::vector<float> y(x.size(), -1);
    cut_batch(dataset, index, samples, x.data(), y.data());

    for (std::size_t n = 0; n < samples.size(); ++n) {
        const auto& window = index.windows()[samples[n]];
        const Slice& slice = dataset.slices()[window.slice];
        for (std::size_t row = 0; row < height; ++row) {
            for (std::size_t column = 0; column < width; ++column) {
                const std::size_t at = (n * height + row) * width + column;
                const bool inside = row < window.height && column < window.width;
                const std::uint64_t element =
                    slice.offset + (window.row + row) * slice.width + window.column + column;
                ASSERT_EQ(x[at], inside ? static_cast<float>(element + 1) : 0.0F);
                ASSERT_EQ(y[at], inside && element % 3 == 0 ? 1.0F : 0.0F);
            }
        }
    }
}

TEST(CutBatch, SkipsAnOutputThatIsNotAskedFor) {
    const Dataset dataset = make_dataset({{source("a", Modality::dti, 0), 1, 32, 32}});
    const PatchIndex index(dataset, {.fractional = false, .size = 32, .stride = 32});
    std::vector<float> x(32 * 32);
    const std::vector<std::uint32_t> samples{0};
    cut_batch(dataset, index, samples, x.data(), nullptr);
    EXPECT_EQ(x.back(), 1024.0F);
}

}  // namespace
}  // namespace msunet::data
