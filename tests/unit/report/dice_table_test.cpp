// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/dice_table.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace msunet::report {
namespace {

const std::vector<ScanDice> scans{{"a/x.nii", core::Modality::dti, 0.5},
                                  {"b,y.nii", core::Modality::anatomical, 0.25},
                                  {"z.nii", core::Modality::dti, 1}};

TEST(DiceTable, HasARowForEachScan) {
    EXPECT_EQ(dice_csv(scans),
              "scan,modality,dice\na/x.nii,dti,0.5\n\"b,y.nii\",anatomical,0.25\nz.nii,dti,1.0\n");
}

TEST(DiceTable, MeansAreByModalityAndOfAll) {
    EXPECT_EQ(mean_dice_text(scans),
              "anatomical 0.2500 (1 scan), dti 0.7500 ± 0.3536 (2 scans); "
              "all 0.5833 ± 0.3819 (3 scans)");
    EXPECT_EQ(mean_dice_text({}), "");
}

TEST(DiceTable, NeedsNoModality) {
    const std::vector<ScanDice> mixed{{"x.nii", core::Modality::dti, 0.5}, {"y.nii", {}, 1}};
    EXPECT_EQ(dice_csv(mixed), "scan,modality,dice\nx.nii,dti,0.5\ny.nii,,1.0\n");
    EXPECT_EQ(
        mean_dice_text(mixed),
        "dti 0.5000 (1 scan), unknown modality 1.0000 (1 scan); all 0.7500 ± 0.3536 (2 scans)");
    EXPECT_EQ(mean_dice_text(std::span(mixed).last(1)), "all 1.0000 (1 scan)");
}

}  // namespace
}  // namespace msunet::report
