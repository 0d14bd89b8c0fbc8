// SPDX-License-Identifier: Apache-2.0
#include "prepare/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using testing::HasSubstr;
using testing::Optional;

class Seal : public testing::Test {
protected:
    void write(std::size_t bytes) const {
        std::string content(bytes, 'x');
        for (std::size_t i = 0; i < bytes; i += 1000) content[i] = static_cast<char>(i / 1000);
        std::ofstream(file_, std::ios::binary) << content;
    }
    void change(std::uint64_t at) const {
        std::fstream stream(file_, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put('!');
    }
    std::optional<std::string> broken(const std::string& key = "key") const {
        return broken_seal(file_, key, self_);
    }

    comm::Communicator self_ = comm::Communicator::self_without_mpi();
    test::Workspace workspace_;
    test::fs::path file_ = workspace_.root() / "sealed";
};

TEST_F(Seal, HoldsForAnUntouchedFileOfAnySize) {
    for (const std::size_t bytes : {0U, 1U, 5000U, (16U << 20U), (16U << 20U) + 1U}) {
        write(bytes);
        seal_file(file_, "key", self_);
        EXPECT_EQ(broken(), std::nullopt) << bytes;
        EXPECT_THAT(broken("other key"), Optional(HasSubstr("other data"))) << bytes;
    }
}

TEST_F(Seal, BreaksWithEveryChange) {
    for (const std::uint64_t at : {0U, 4999U, 2500U}) {
        write(5000);
        seal_file(file_, "key", self_);
        change(at);
        EXPECT_THAT(broken(), Optional(HasSubstr("damaged"))) << at;
    }
    write(5000);
    seal_file(file_, "key", self_);
    const auto sealed = test::fs::file_size(file_);
    for (std::uint64_t at = 5000; at < sealed; ++at) {
        write(5000);
        seal_file(file_, "key", self_);
        change(at);
        EXPECT_NE(broken(), std::nullopt) << at;
    }
}

TEST_F(Seal, BreaksWithEveryTruncation) {
    write(300);
    seal_file(file_, "key", self_);
    for (auto size = test::fs::file_size(file_); size-- > 0;) {
        test::fs::resize_file(file_, size);
        EXPECT_NE(broken(), std::nullopt) << size;
    }
}

TEST_F(Seal, IsMissingFromForeignFiles) {
    write(5000);
    EXPECT_THAT(broken(), Optional(HasSubstr("not written by this program")));
    test::fs::remove(file_);
    EXPECT_THAT(broken(), Optional(HasSubstr("can't be read")));
}

}  // namespace
}  // namespace msunet::prepare
