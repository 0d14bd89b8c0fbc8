// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "msunet/core/error.hpp"
#include "msunet/unet/initializers.hpp"
#include "small_trial.hpp"

namespace msunet::train {
namespace {

Checkpoint sample(const unet::Architecture& architecture) {
    Checkpoint c;
    c.trial = 12;
    c.identity = "this one";
    c.epoch = 3;
    c.step = 7;
    c.sums = {.weighted_loss = 0.1,
              .loss = 0.2,
              .dice_coef = 0.3,
              .jaccard = 0.4,
              .samples = 35,
              .batches = 7,
              .seconds = 1.5};
    c.iterations = 107;
    c.engine = {{.name = "values", .floats = {1, 2, 3}},
                {.name = "optimizer/r/conv1_1/kernel:0", .doubles = {0.1, 1e-300}}};
    record::EpochReport report;
    report.epoch = 2;
    report.metrics.loss = 0.1 + 0.2;
    c.history = {report};
    c.modality = {{.epoch = 2, .dice = {}}};
    c.callbacks.plateau_best = std::numeric_limits<double>::infinity();
    c.callbacks.best_epoch = -1;
    c.best_weights = unet::initial_weights(architecture, 1);
    c.ended = true;
    return c;
}

TEST(Checkpoint, ReadsBackWhatWasWritten) {
    const test::SmallTrial place("checkpoint");
    const auto file = place.folder() / "c.h5";
    const Checkpoint c = sample(place.architecture());
    write_checkpoint(file, c);
    const Checkpoint back = read_checkpoint(file, place.architecture().tensor_shapes());
    EXPECT_EQ(back.trial, c.trial);
    EXPECT_EQ(back.identity, c.identity);
    EXPECT_EQ(back.epoch, c.epoch);
    EXPECT_EQ(back.step, c.step);
    EXPECT_EQ(back.sums, c.sums);
    EXPECT_EQ(back.iterations, c.iterations);
    EXPECT_EQ(back.history, c.history);
    EXPECT_EQ(back.modality, c.modality);
    EXPECT_EQ(back.callbacks, c.callbacks);
    EXPECT_EQ(back.best_weights, c.best_weights);
    EXPECT_TRUE(back.ended);
    ASSERT_EQ(back.engine.size(), 2U);
    for (const auto& buffer : back.engine) {
        const auto& original = c.engine[buffer.name == "values" ? 0 : 1];
        EXPECT_EQ(buffer.name, original.name);
        EXPECT_EQ(buffer.floats, original.floats);
        EXPECT_EQ(buffer.doubles, original.doubles);
    }
}

TEST(Checkpoint, TruncatedFilesAreRefusedByName) {
    const test::SmallTrial place("truncated");
    const auto file = place.folder() / "c.h5";
    write_checkpoint(file, sample(place.architecture()));
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    try {
        (void)read_checkpoint(file, place.architecture().tensor_shapes());
        FAIL() << "a truncated checkpoint was read";
    } catch (const core::InputError& error) {
        EXPECT_NE(std::string(error.what()).find("c.h5"), std::string::npos) << error.what();
    }
}

TEST(CheckpointWriter, TellsWhatIsOnDisk) {
    const test::SmallTrial place("writer");
    CheckpointWriter writer(place.folder() / "c.h5");
    EXPECT_FALSE(writer.completed());
    writer.start(sample(place.architecture()));
    writer.finish();
    const auto position = writer.completed();
    ASSERT_TRUE(position);
    EXPECT_EQ(*position, std::pair(std::int64_t{3}, std::int64_t{7}));
    EXPECT_FALSE(writer.completed());
}

}  // namespace
}  // namespace msunet::train
