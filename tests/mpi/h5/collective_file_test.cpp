// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/collective_file.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "msunet/core/error.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

TEST(ChunkedShare, PartsAreWholeChunksOneAfterAnother) {
    for (const std::uint64_t elements : {0U, 1U, 999U, 1000U, 12345U}) {
        for (const int ranks : {1, 3, 7}) {
            std::uint64_t next = 0;
            for (int rank = 0; rank < ranks; ++rank) {
                const Extent part = chunked_share(elements, 100, rank, ranks);
                EXPECT_EQ(part.offset, next);
                EXPECT_TRUE(part.offset % 100 == 0 || part.offset == elements);
                EXPECT_LE(part.count, (elements / static_cast<std::uint64_t>(ranks)) + 200);
                next += part.count;
            }
            EXPECT_EQ(next, elements);
        }
    }
}

class CollectiveFiles : public testing::Test {
protected:
    const comm::Communicator world = comm::Communicator::world();
    const std::unique_ptr<test::Folder> folder =
        world.is_root() ? std::make_unique<test::Folder>() : nullptr;
    const std::filesystem::path file =
        world.broadcast(world.is_root() ? (*folder / "cache.h5").string() : std::string());

    void TearDown() override { world.barrier(); }
};

TEST_F(CollectiveFiles, EveryRankWritesItsShareAndReadsAll) {
    constexpr std::uint64_t elements = 100003;
    constexpr std::uint64_t chunk = 4096;
    const Extent mine = chunked_share(elements, chunk, world.rank(), world.size());
    {
        CollectiveFile out = CollectiveFile::create(file, world);
        for (const std::string name : {"chunked", "contiguous"}) {
            out.create_dataset(name, ElementType::float32, elements, name == "chunked" ? chunk : 0);
            std::vector<float> values(mine.count);
            std::iota(values.begin(), values.end(), static_cast<float>(mine.offset));
            out.write(name, mine.offset, std::span<const float>(values));
        }
        out.create_dataset("masks", ElementType::uint8, 10);
        const std::vector<std::uint8_t> mask(world.is_root() ? 10 : 0, 7);
        out.write("masks", 0, std::span<const std::uint8_t>(mask));
        out.write_text("key", "a text for all ranks");
        out.write_text("empty", "");
        out.close();
    }
    const CollectiveFile in = CollectiveFile::open(file, world);
    EXPECT_EQ(in.elements("chunked"), elements);
    EXPECT_EQ(in.elements("masks"), 10U);
    EXPECT_THROW(static_cast<void>(in.elements("other")), core::Error);
    EXPECT_EQ(in.read_text("key"), "a text for all ranks");
    EXPECT_EQ(in.read_text("empty"), "");
    for (const std::string name : {"chunked", "contiguous"}) {
        std::vector<float> all(elements);
        in.read(name, 0, std::span<float>(all));
        for (std::size_t i = 0; i < all.size(); ++i) {
            ASSERT_EQ(all[i], static_cast<float>(i)) << name;
        }
    }
    std::vector<std::uint8_t> part(3);
    in.read("masks", 4, std::span<std::uint8_t>(part));
    EXPECT_EQ(part, std::vector<std::uint8_t>(3, 7));
}

TEST_F(CollectiveFiles, FailuresReachEveryRank) {
    EXPECT_THROW((void)CollectiveFile::open(file, world), core::Error);
    CollectiveFile out = CollectiveFile::create(file, world);
    EXPECT_THROW(static_cast<void>(out.elements("missing")), core::Error);
    out.create_dataset("four", ElementType::uint64, 4);
    const std::vector<std::uint64_t> values(world.rank() == world.size() - 1 ? 5 : 0);
    if (world.size() == 1) {
        EXPECT_THROW(out.write("four", 0, std::span<const std::uint64_t>(values)), core::Error);
    }
    EXPECT_EQ(out.elements("four"), 4U);
    out.close();
    out.close();
}

}  // namespace
}  // namespace msunet::h5
