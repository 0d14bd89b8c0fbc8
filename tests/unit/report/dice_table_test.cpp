// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/dice_table.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/report/scan_dice.hpp"

namespace msunet::report {
namespace {

const std::vector<ScanDice> scans{{"a/x.nii", core::Modality::dti, 0.5, 0.2, 0.75, 0.1},
                                  {"b,y.nii", core::Modality::anatomical, 0.25, {}, 0, 0.1},
                                  {"z.nii", core::Modality::dti, 1, 0.0, 1, 0.1}};

TEST(DiceTable, HasARowForEachScan) {
    EXPECT_EQ(dice_csv(scans),
              "scan,modality,dice,hausdorff95_mm,surface_dice,tolerance_mm\n"
              "a/x.nii,dti,0.5,0.2,0.75,0.1\n\"b,y.nii\",anatomical,0.25,,0.0,0.1\n"
              "z.nii,dti,1.0,0.0,1.0,0.1\n");
}

TEST(DiceTable, MeansAreByModalityAndOfAll) {
    EXPECT_EQ(mean_dice_text(scans),
              "anatomical 0.2500 (1 scan), dti 0.7500 ± 0.3536 (2 scans); "
              "all 0.5833 ± 0.3819 (3 scans)");
    EXPECT_EQ(mean_dice_text({}), "");
    EXPECT_EQ(mean_surface_dice_text(scans),
              "anatomical 0.0000 (1 scan), dti 0.8750 ± 0.1768 (2 scans); "
              "all 0.5833 ± 0.5204 (3 scans)");
}

TEST(DiceTable, MeansOfDistancesLeaveOutScansWithoutOne) {
    EXPECT_EQ(mean_hausdorff95_text(scans),
              "dti 0.1000 ± 0.1414 (2 scans); all 0.1000 ± 0.1414 (2 scans)");
    EXPECT_EQ(mean_hausdorff95_text(std::span(scans).subspan(1, 1)), "");
}

TEST(ScanDice, ComesBackFromItsFile) {
    const std::vector<ScanDice> mixed{
        {"x \"1\".nii", core::Modality::dti, 0.123456789, 1.5, 0.25, 0.125}, {"y", {}, 1}};
    const auto read = codec::from_json<std::vector<ScanDice>>(codec::to_json(mixed));
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].scan, mixed[0].scan);
    EXPECT_EQ(read[0].modality, mixed[0].modality);
    EXPECT_EQ(read[0].dice, mixed[0].dice);
    EXPECT_EQ(read[0].hausdorff95, 1.5);
    EXPECT_EQ(read[0].surface_dice, 0.25);
    EXPECT_EQ(read[0].tolerance, 0.125);
    EXPECT_EQ(read[1].modality, std::nullopt);
    EXPECT_EQ(read[1].hausdorff95, std::nullopt);
    const auto older = codec::from_json<std::vector<ScanDice>>(
        R"([{"scan": "a", "modality": "dti", "dice": 0.5}])");
    EXPECT_EQ(older[0].dice, 0.5);
    EXPECT_EQ(older[0].surface_dice, std::nullopt);
    EXPECT_THROW((void)codec::from_json<std::vector<ScanDice>>("[{\"scan\": 1}]"),
                 core::InputError);
    EXPECT_THROW((void)codec::from_json<std::vector<ScanDice>>("["), core::InputError);
}

TEST(DiceTable, NeedsNoModality) {
    const std::vector<ScanDice> mixed{{"x.nii", core::Modality::dti, 0.5}, {"y.nii", {}, 1}};
    EXPECT_EQ(dice_csv(mixed),
              "scan,modality,dice,hausdorff95_mm,surface_dice,tolerance_mm\n"
              "x.nii,dti,0.5,,,\ny.nii,,1.0,,,\n");
    EXPECT_EQ(
        mean_dice_text(mixed),
        "dti 0.5000 (1 scan), unknown modality 1.0000 (1 scan); all 0.7500 ± 0.3536 (2 scans)");
    EXPECT_EQ(mean_dice_text(std::span(mixed).last(1)), "all 1.0000 (1 scan)");
}

}  // namespace
}  // namespace msunet::report
