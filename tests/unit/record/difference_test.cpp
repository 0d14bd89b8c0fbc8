// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.hpp"

namespace msunet::record {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Difference, NothingForTheSame) {
    EXPECT_THAT(difference(sample_start(), sample_start()), IsEmpty());
}

TEST(Difference, WhatAffectsTheRunAloneMayChange) {
    SweepStart now = sample_start();
    now.configuration[2].text = "/elsewhere";
    now.world.ranks = 99;
    now.at = 5;
    now.data.from_cache = true;
    EXPECT_THAT(difference(sample_start(), now), IsEmpty());
}

TEST(Difference, OptionsThatChangedCameOrWent) {
    const Configuration recorded{{"a", "1", core::Affects::data},
                                 {"b", "True", core::Affects::result}};
    const Configuration now{{"a", "2", core::Affects::data}, {"c", "x", core::Affects::result}};
    EXPECT_THAT(difference(recorded, now),
                ElementsAre("a: recorded '1', now '2'", "b: recorded 'True', now nothing",
                            "c: recorded nothing, now 'x'"));
}

TEST(Difference, GridShowsItsLists) {
    SweepStart now = sample_start();
    now.grid["lr"] = {0.001, std::int64_t{1}};
    now.grid["optimizer"] = {std::string("Adam")};
    EXPECT_THAT(difference(sample_start(), now),
                ElementsAre("grid, lr: recorded [0.001, 0.01], now [0.001, 1]",
                            "grid, optimizer: recorded nothing, now ['Adam']"));
}

TEST(Difference, DataNamesThePair) {
    SweepStart now = sample_start();
    now.data.hash = "abd";
    now.data.pairs[0].hash = "other";
    now.data.pairs[1].validation = false;
    now.data.pairs.push_back({"c.nii", "c_mask.nii", "h3", core::Modality::dti, false, 1});
    EXPECT_THAT(difference(sample_start(), now),
                ElementsAre("data, 'a.nii + a_mask.nii': its content changed",
                            "data, 'b.nii + b_mask.nii': recorded as validation, now training",
                            "data, 'c.nii + c_mask.nii': not recorded, now there"));
}

TEST(Difference, AHashThatNoPairExplainsIsSaid) {
    SweepStart now = sample_start();
    now.data.hash = "abd";
    EXPECT_THAT(difference(sample_start(), now),
                ElementsAre("data: recorded hash 'abc', now 'abd'"));
}

TEST(Difference, AnotherSelectionOfTheSameGridIsSaid) {
    SweepStart now = sample_start();
    now.trials = {0, 1};
    EXPECT_THAT(difference(sample_start(), now),
                ElementsAre("permutations: recorded 6, now 2, not the same ones"));
}

}  // namespace
}  // namespace msunet::record
