// SPDX-License-Identifier: Apache-2.0
#include "prepare/cache_format.hpp"

#include <gmock/gmock.h>

#include "msunet/core/error.hpp"

namespace msunet::prepare {
namespace {

Description sample() {
    Description description;
    StoredSource& stored = description.sources.emplace_back();
    stored.source.name = "m\xE4us.nii";
    stored.source.modality = core::Modality::fmri;
    stored.layout = {.height = 4, .width = 5, .slices = 6};
    stored.payload_hash = "00ff";
    description.survey.pairs.emplace_back().pair = {.data = "a", .mask = "b"};
    description.survey.slices = {6};
    description.survey.largest_bytes = 480;
    description.notices = {"n"};
    return description;
}

TEST(CacheFormat, TextReadsBack) {
    const std::string text = to_text(sample());
    const Description read = from_text(text);
    EXPECT_EQ(to_text(read), text);
    EXPECT_EQ(read.sources, sample().sources);
}

TEST(CacheFormat, NumbersThatDoNotFitAreRefused) {
    const std::string good = to_text(sample());
    for (const char* number : {"-6", "6.5", "1e40", "4294967296", "\"6\""}) {
        std::string text = good;
        const std::string layout = "\"slices\":6}";
        text.replace(text.find(layout), layout.size(), std::string("\"slices\":") + number + "}");
        EXPECT_THROW(static_cast<void>(from_text(text)), core::Error) << number;
    }
}

}  // namespace
}  // namespace msunet::prepare
