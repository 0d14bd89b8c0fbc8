// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/on_root.hpp"

#include <gmock/gmock.h>

#include "msunet/core/text.hpp"

namespace msunet::comm {

/// A value with members of several types.
struct Sample {
    std::string name;
    std::optional<std::int64_t> count;
    std::vector<double> numbers;

    bool operator==(const Sample&) const = default;
};

template <class Archive, codec::Is<Sample> T>
void fields(Archive& archive, T& value) {
    archive("name", value.name);
    archive("count", value.count);
    archive("numbers", value.numbers);
}

namespace {

TEST(OnRoot, GivesEveryRankTheRootsValue) {
    const auto world = comm::Communicator::world();
    int calls = 0;
    const Sample sample{"from 'r\xffot'", 7, {0.1, 1e-300}};
    const Sample value = on_root(world, [&] {
        ++calls;
        return sample;
    });
    EXPECT_EQ(value, sample);
    EXPECT_EQ(calls, world.is_root() ? 1 : 0);
    EXPECT_EQ(on_root(world, [] { return core::ExitCode::stopped; }), core::ExitCode::stopped);
    EXPECT_TRUE(on_root(world, [] { return true; }));
}

TEST(OnRoot, NeedsNoValue) {
    const auto world = comm::Communicator::world();
    int calls = 0;
    on_root(world, [&] { ++calls; });
    EXPECT_EQ(calls, world.is_root() ? 1 : 0);
}

TEST(OnRoot, ThrowsTheRootsErrorOnEveryRank) {
    const auto world = comm::Communicator::world();
    try {
        on_root(world, [] {
            throw core::InputError(std::vector<core::Problem>{
                {.path = "a.nii", .problem = "is empty"},
                {.path = "b\xff.nii", .problem = "holds NaN", .advice = "replace it"}});
        });
        FAIL() << "nothing was thrown";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::input);
        EXPECT_EQ(error.what(), core::concat("'a.nii' is empty\n", core::quoted("b\xff.nii"),
                                             " holds NaN, replace it"));
        ASSERT_EQ(error.data().size(), 2U);
        EXPECT_EQ(error.data()[1].path, "b\xff.nii");
        EXPECT_EQ(error.data()[1].advice, "replace it");
    }
}

TEST(OnRoot, ThrowsOtherExceptionsAsFailures) {
    const auto world = comm::Communicator::world();
    try {
        on_root(world, []() -> std::string { throw std::runtime_error("broken"); });
        FAIL() << "nothing was thrown";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::failure);
        EXPECT_THAT(error.problems(), testing::ElementsAre("broken"));
    }
}

}  // namespace
}  // namespace msunet::comm
