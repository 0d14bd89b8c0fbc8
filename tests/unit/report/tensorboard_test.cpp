// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/tensorboard.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "msunet/core/file.hpp"

namespace msunet::report {
namespace {

std::string hex(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        constexpr const char* digits = "0123456789abcdef";
        text += digits[static_cast<unsigned char>(byte) >> 4U];
        text += digits[static_cast<unsigned char>(byte) & 15U];
    }
    return text;
}

// What tensorboard.summary.writer.record_writer and event_pb2 (TensorBoard 2.15) give for it.
TEST(TensorBoardFile, HeaderIsTensorBoardsOwn) {
    EXPECT_EQ(hex(tensorboard_header(1.5)),
              "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c");
}

TEST(TensorBoardFile, ScalarsAreTensorBoardsOwn) {
    EXPECT_EQ(hex(tensorboard_scalars(2.25, 300, {{"loss", 0.5}, {"val_loss", -2.0}})),
              "2c00000000000000f4aecc4509000000000000024010ac022a1e0a0b0a046c6f7373150000003f0a0f"
              "0a0876616c5f6c6f737315000000c0a050e2bb");
}

TEST(TensorBoardFile, EpochsOfATrialFollowEachOther) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("msunet_tensorboard_" + std::to_string(getpid()));
    const TensorBoard board(folder, 100);
    record::EpochReport report;
    report.metrics.loss = 0.5;
    board.epoch(7, {{"lr", 0.5}}, report, 101);
    const auto file = folder / "tensorboard" / "7" / "events.out.tfevents.100.msunet";
    const auto once = core::read_file(file);
    EXPECT_TRUE(once.starts_with(tensorboard_header(100)));
    report.epoch = 1;
    board.epoch(7, {{"lr", 0.5}}, report, 102);
    EXPECT_GT(core::read_file(file).size(), once.size());
    EXPECT_TRUE(core::read_file(file).starts_with(once));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace msunet::report
