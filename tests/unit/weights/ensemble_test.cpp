// SPDX-License-Identifier: Apache-2.0
#include "msunet/weights/ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace msunet::weights {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(EnsembleNotices, EqualOnesAreSaidOnce) {
    std::vector<TrainedModel> models;
    for (const auto* name : {"a.h5", "b.h5", "c.h5", "d.h5", "e.h5", "f.h5"}) {
        models.push_back({.architecture = unet::published_architecture(), .origin = name});
    }
    for (const std::size_t i : {0U, 2U, 3U}) models[i].notice = "conv named otherwise";
    models[4].notice = "all named otherwise";
    EXPECT_THAT(notices_of(models), ElementsAre("model 'a.h5' and 2 others: conv named otherwise",
                                                "model 'e.h5': all named otherwise"));
    models[3].notice.clear();
    EXPECT_THAT(notices_of(models),
                ElementsAre(HasSubstr("'a.h5' and one other: conv"), HasSubstr("'e.h5'")));
}

}  // namespace
}  // namespace msunet::weights
