// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/container.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

using testing::HasSubstr;

struct Content {
    std::vector<float> weights = test::array("w", {100000}, 1).values;
    std::vector<double> sums{1.0 / 3, -0.0, 1e300};
    std::vector<std::uint64_t> counters{0, ~std::uint64_t{0}};
    std::vector<float> nothing;
    std::string history = std::string(100000, 'h') + '\0' + "end";

    void write(const std::filesystem::path& file) const {
        write_container(file,
                        {{"weights", std::span<const float>(weights)},
                         {"sums", std::span<const double>(sums)},
                         {"counters", std::span<const std::uint64_t>(counters)},
                         {"nothing", std::span<const float>(nothing)}},
                        {{"history", history}, {"empty", ""}});
    }
};

TEST(Container, ComesBackToTheBit) {
    const test::Folder folder;
    const Content content;
    content.write(folder / "c.h5");
    const Container read = read_container(folder / "c.h5");
    EXPECT_EQ(read.floats("weights"), content.weights);
    EXPECT_EQ(read.doubles("sums"), content.sums);
    EXPECT_TRUE(std::signbit(read.doubles("sums")[1]));
    EXPECT_EQ(read.integers("counters"), content.counters);
    EXPECT_TRUE(read.floats("nothing").empty());
    EXPECT_EQ(read.text("history"), content.history);
    EXPECT_EQ(read.text("empty"), "");
    EXPECT_EQ(read.arrays.size(), 4U);
    EXPECT_THROW(static_cast<void>(read.floats("sums")), core::InputError);
    EXPECT_THROW(static_cast<void>(read.text("sums")), core::InputError);
}

TEST(Container, EqualContentGivesEqualBytes) {
    const test::Folder folder;
    const Content content;
    content.write(folder / "a.h5");
    sleep(1);
    content.write(folder / "b.h5");
    EXPECT_EQ(core::read_file(folder / "a.h5"), core::read_file(folder / "b.h5"));
}

TEST(Container, AnyDamageIsNoticed) {
    const test::Folder folder;
    Content content;
    content.weights.resize(100);
    content.write(folder / "c.h5");
    const std::string sound = core::read_file(folder / "c.h5");
    const auto expect_refused = [&](const std::string& bytes) {
        core::write_file_atomically(folder / "d.h5", bytes);
        try {
            static_cast<void>(read_container(folder / "d.h5"));
            FAIL() << "damage was not noticed";
        } catch (const core::InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("d.h5"));
        }
    };
    for (std::size_t at = 0; at < sound.size(); at += 1 + sound.size() / 40) {
        std::string bytes = sound;
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        expect_refused(bytes);
        expect_refused(sound.substr(0, at));
    }
    expect_refused(sound + "x");
}

}  // namespace
}  // namespace msunet::h5
