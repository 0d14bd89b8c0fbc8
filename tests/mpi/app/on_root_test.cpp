// SPDX-License-Identifier: Apache-2.0
#include "app/on_root.hpp"

#include <gmock/gmock.h>

#include "msunet/core/error.hpp"

namespace msunet::app {
namespace {

TEST(OnRoot, GivesEveryRankTheRootsText) {
    const auto world = comm::Communicator::world();
    int calls = 0;
    EXPECT_EQ(on_root(world,
                      [&] {
                          ++calls;
                          return std::string("from root");
                      }),
              "from root");
    EXPECT_EQ(calls, world.is_root() ? 1 : 0);
}

TEST(OnRoot, ThrowsTheRootsErrorOnEveryRank) {
    const auto world = comm::Communicator::world();
    try {
        on_root(world, []() -> std::string {
            throw core::InputError(
                std::vector<std::string>{"'a.nii' is empty", "'b.nii' is empty"});
        });
        FAIL() << "nothing was thrown";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::input);
        EXPECT_THAT(error.problems(), testing::ElementsAre("'a.nii' is empty", "'b.nii' is empty"));
    }
}

TEST(OnRoot, TakesTextThatIsNoUtf8) {
    const auto world = comm::Communicator::world();
    EXPECT_THROW(
        on_root(world,
                []() -> std::string { throw core::InputError(std::string("bad name '\xff'")); }),
        core::Error);
}

}  // namespace
}  // namespace msunet::app
