// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace msunet::prepare {
namespace {

using testing::ElementsAre;

class Lister final : public core::UniformVisitor<Lister> {
public:
    template <class T>
    void option(const core::OptionInfo& info, T&) {
        infos[std::string(info.name)] = info;
    }
    std::map<std::string, core::OptionInfo> infos;
};

TEST(PrepareOptions, HaveTheGuidesNames) {
    Lister lister;
    PrepareOptions options;
    describe(lister, options);
    EXPECT_THAT(lister.infos.at("training_data_path").aliases, ElementsAre("tpath"));
    EXPECT_THAT(lister.infos.at("mask_data_path").aliases,
                ElementsAre("mpath", "training_mask_path"));
    EXPECT_TRUE(lister.infos.at("training_data_path").required);
    EXPECT_TRUE(lister.infos.at("mask_data_path").required);
    EXPECT_FALSE(lister.infos.at("cache").required);
}

TEST(PrepareOptions, FoldersDoNotIdentifyTheData) {
    Lister lister;
    PrepareOptions options;
    describe(lister, options);
    for (const auto& [name, info] : lister.infos) {
        const bool is_data = name == "mask_geometry";
        EXPECT_EQ(info.affects, is_data ? core::Affects::data : core::Affects::run) << name;
    }
}

}  // namespace
}  // namespace msunet::prepare
