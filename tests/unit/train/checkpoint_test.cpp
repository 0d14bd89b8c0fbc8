// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "msunet/h5/container.hpp"
#include "msunet/unet/initializers.hpp"
#include "small_trial.hpp"

namespace msunet::train {
namespace {

Checkpoint sample(const unet::Architecture& architecture) {
    Checkpoint c;
    c.trial = 12;
    c.identity = "this one";
    Progress& p = c.progress;
    p.epoch = 3;
    p.step = 7;
    p.sums = {.weighted_loss = 0.1,
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
    p.history = {report};
    p.modality = {{.epoch = 2, .dice = {}}};
    p.callbacks.plateau_best = std::numeric_limits<double>::infinity();
    p.callbacks.best_epoch = -1;
    p.best_weights = unet::initial_weights(architecture, 1);
    p.ends = {12, 14};
    return c;
}

TEST(Checkpoint, ReadsBackWhatWasWritten) {
    const test::SmallTrial place("checkpoint");
    const auto file = place.folder() / "c.h5";
    const Checkpoint c = sample(place.architecture());
    write_checkpoint(file, c);
    const auto read = read_checkpoint(file);
    ASSERT_TRUE(std::holds_alternative<Checkpoint>(read));
    const auto& back = std::get<Checkpoint>(read);
    EXPECT_EQ(back.trial, c.trial);
    EXPECT_EQ(back.identity, c.identity);
    EXPECT_EQ(back.iterations, c.iterations);
    const Progress &p = back.progress, &written = c.progress;
    EXPECT_EQ(p.epoch, written.epoch);
    EXPECT_EQ(p.step, written.step);
    EXPECT_EQ(p.sums, written.sums);
    EXPECT_EQ(p.history, written.history);
    EXPECT_EQ(p.modality, written.modality);
    EXPECT_EQ(p.callbacks, written.callbacks);
    EXPECT_EQ(p.best_weights, written.best_weights);
    EXPECT_EQ(p.ends, written.ends);
    ASSERT_EQ(back.engine.size(), 2U);
    for (const auto& buffer : back.engine) {
        const auto& original = c.engine[buffer.name == "values" ? 0 : 1];
        EXPECT_EQ(buffer.name, original.name);
        EXPECT_EQ(buffer.floats, original.floats);
        EXPECT_EQ(buffer.doubles, original.doubles);
    }
}

/// Why a file can't be used.
std::string reason(const std::filesystem::path& file) {
    const auto read = read_checkpoint(file);
    const auto* unusable = std::get_if<UnusableCheckpoint>(&read);
    return unusable == nullptr ? "" : unusable->reason;
}

TEST(Checkpoint, TruncatedOnesAreUnusable) {
    const test::SmallTrial place("truncated");
    const auto file = place.folder() / "c.h5";
    write_checkpoint(file, sample(place.architecture()));
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    EXPECT_NE(reason(file).find("c.h5"), std::string::npos) << reason(file);
    EXPECT_NE(reason(place.folder() / "none.h5").find("none.h5"), std::string::npos);
}

TEST(Checkpoint, ThoseOfAnotherVersionAreUnusable) {
    const test::SmallTrial place("version");
    const auto file = place.folder() / "c.h5";
    h5::write_container(file, {}, {{"format", "msunet checkpoint 2"}});
    EXPECT_NE(reason(file).find("'msunet checkpoint 2'"), std::string::npos) << reason(file);
}

TEST(CheckpointWriter, WritesWhatIsReadBack) {
    const test::SmallTrial place("writer");
    const auto file = place.folder() / "c.h5";
    CheckpointWriter writer(file);
    writer.start(sample(place.architecture()));
    writer.finish();
    EXPECT_TRUE(std::holds_alternative<Checkpoint>(read_checkpoint(file)));
}

}  // namespace
}  // namespace msunet::train
