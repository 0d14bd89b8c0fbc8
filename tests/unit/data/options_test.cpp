// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace msunet::data {
namespace {

using core::Affects;
using testing::ElementsAre;

/// Aliases and effect by name.
class Lister final : public core::UniformVisitor<Lister> {
public:
    template <class T>
    void option(const core::OptionInfo& info, T&) {
        infos[std::string(info.name)] = info;
    }
    std::map<std::string, core::OptionInfo> infos;
};

TEST(Options, HaveTheGuidesNames) {
    Lister lister;
    SplitOptions split;
    PatchOptions patches;
    describe(lister, split);
    describe(lister, patches);
    EXPECT_THAT(lister.infos.at("validation_split").aliases, ElementsAre("v"));
    EXPECT_THAT(lister.infos.at("use_frac_patch").aliases, ElementsAre("ufp"));
    EXPECT_THAT(lister.infos.at("frac_patch").aliases, ElementsAre("fp"));
    EXPECT_THAT(lister.infos.at("frac_stride").aliases, ElementsAre("fs", "frac_strice"));
}

TEST(Options, SayWhatChangesTheDataSet) {
    Lister lister;
    SplitOptions split;
    PatchOptions patches;
    describe(lister, split);
    describe(lister, patches);
    EXPECT_EQ(lister.infos.at("validation_split").affects, Affects::data);
    EXPECT_EQ(lister.infos.at("use_frac_patch").affects, Affects::data);
    EXPECT_EQ(lister.infos.at("frac_patch").affects, Affects::result);
}

TEST(Options, HaveTheGuidesRanges) {
    Lister lister;
    SplitOptions split;
    PatchOptions patches;
    describe(lister, split);
    describe(lister, patches);
    const auto accepts = [&](const char* name, double value) {
        return !core::problem_with(lister.infos.at(name), value).has_value();
    };
    EXPECT_TRUE(accepts("validation_split", 0));
    EXPECT_FALSE(accepts("validation_split", 1));
    EXPECT_TRUE(accepts("frac_patch", 1));
    EXPECT_FALSE(accepts("frac_patch", 0));
    EXPECT_FALSE(accepts("frac_stride", 1.01));
}

}  // namespace
}  // namespace msunet::data
