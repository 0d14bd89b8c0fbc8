// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/config/grid.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "sample_options.hpp"

namespace msunet::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

Sample parsed(std::string_view yaml, const Words& words = {}) {
    Sample sample;
    Actions actions;
    Schema schema("train");
    schema.add("Input", sample).add("General", actions);
    apply(schema, parse_yaml(schema, yaml, "my.yaml"), parse_command_line(schema, words),
          Required::ignored);
    return sample;
}

std::vector<std::string> yaml_problems(std::string_view yaml) {
    return problems_of([&] { static_cast<void>(parsed(yaml)); });
}

TEST(Yaml, FillsEveryType) {
    const Sample sample = parsed(
        "# a comment\n"
        "training-data-path: /data/x y\n"
        "v: 0.25\n"
        "target size: 64\n"
        "enable_rotation: no\n"
        "modality_weight: fmri\n"
        "spacing: 1e-1\n"
        "early_stopping: ~\n"
        "force: true\n"
        "experiment_name: \"007\"\n");
    EXPECT_EQ(sample.folder, "/data/x y");
    EXPECT_EQ(sample.split, 0.25);
    EXPECT_EQ(sample.size, 64);
    EXPECT_FALSE(sample.rotate);
    EXPECT_EQ(sample.weighted, "fmri");
    EXPECT_EQ(sample.spacing, 0.1);
    EXPECT_FALSE(sample.patience.has_value());
    EXPECT_EQ(sample.force, true);
    EXPECT_EQ(sample.name, "007");
}

TEST(Yaml, TheCommandLineWins) {
    EXPECT_EQ(parsed("target_size: 64\nv: 0.5\n", {"-ts", "32"}).size, 32);
    EXPECT_EQ(parsed("target_size: 64\nv: 0.5\n", {"-ts", "32"}).split, 0.5);
}

TEST(Yaml, EmptyTextsSetNothing) {
    for (const char* text : {"", "\n", "# only\n", "---\n", "experiment_name:\n"}) {
        EXPECT_EQ(parsed(text), Sample()) << text;
    }
}

TEST(Yaml, NamesEveryUnknownKeyWithItsLine) {
    EXPECT_THAT(yaml_problems("v: 0.1\ntarget_sise: 3\n\ncolour: red\nconfig: x\n"),
                ElementsAre("my.yaml, line 2: 'target_sise' isn't an option of 'train', did you "
                            "mean 'target_size'?",
                            "my.yaml, line 4: 'colour' isn't an option of 'train'",
                            "my.yaml, line 5: 'config' belongs on the command line, remove it "
                            "here"));
}

TEST(Yaml, NamesDoubledKeysAlsoUnderOtherNames) {
    EXPECT_THAT(yaml_problems("v: 0.1\nvalidation_split: 0.2\n"),
                ElementsAre("my.yaml, line 2: 'validation_split' was given before (my.yaml, line "
                            "1), remove one"));
}

TEST(Yaml, NamesWrongTypesWithTheirLine) {
    EXPECT_THAT(yaml_problems("v: 2\ntarget_size: big\nenable_rotation: 3\n"),
                ElementsAre("my.yaml, line 1: '--validation_split' is '2.0', allowed is [0,1)",
                            "my.yaml, line 2: '--target_size' is 'big', allowed is an integer in "
                            "[1,inf)",
                            "my.yaml, line 3: '--enable_rotation' is '3', allowed is True or "
                            "False"));
    EXPECT_THAT(yaml_problems("v: [1, 2]\ntarget_size: {a: 1}\nmodality_weight: {a: 1}\n"),
                ElementsAre("my.yaml, line 1: 'validation_split' is a list, allowed is a number",
                            "my.yaml, line 2: 'target_size' is a map, allowed is an integer",
                            "my.yaml, line 3: 'modality_weight' is a map, allowed is a text"));
}

TEST(Yaml, WhatIsNoYamlNamesTheLine) {
    EXPECT_THAT(yaml_problems("v: 0.1\n  bad: [1\n"), ElementsAre(HasSubstr("my.yaml, line ")));
    EXPECT_THAT(yaml_problems("- a\n- b\n"),
                ElementsAre(HasSubstr("a list where 'option: value'")));
    EXPECT_THAT(yaml_problems("v: 0.1\n---\nv: 0.2\n"),
                ElementsAre(HasSubstr("more than one YAML document")));
    EXPECT_THAT(yaml_problems("[1]: 2\n"), ElementsAre(HasSubstr("an option's name was expected")));
    EXPECT_THAT(yaml_problems(std::string((1U << 20U) + 1, '#')),
                ElementsAre(HasSubstr("too many")));
}

TEST(Yaml, AMapIsAGrid) {
    const Sample sample = parsed(
        "talos_params:\n"
        "  lr: [0.001, 1e-4]\n"
        "  batch size: 16\n"
        "  dropout: (0.1, 0.5, 4)\n"
        "  losses:\n"
        "    - dice_coef_loss\n"
        "    - 'binary crossentropy'\n"
        "    - mean squared error\n"
        "  pca_only: [true, False]\n"
        "  modality_weight: ~\n");
    const core::GridEntries grid =
        parse_grid(sample.grid, std::vector<std::string>{"lr", "batch_size", "dropout", "losses",
                                                         "pca_only", "modality_weight"});
    EXPECT_THAT(grid.at("lr").values, ElementsAre(core::Value(0.001), core::Value(1e-4)));
    EXPECT_THAT(grid.at("batch_size").values, ElementsAre(core::Value(std::int64_t{16})));
    EXPECT_EQ(grid.at("dropout").range, (core::GridRange{0.1, 0.5, 4}));
    EXPECT_THAT(grid.at("losses").values,
                ElementsAre(core::Value("dice_coef_loss"), core::Value("binary crossentropy"),
                            core::Value("mean_squared_error")));
    EXPECT_THAT(grid.at("pca_only").values, ElementsAre(core::Value(true), core::Value(false)));
    EXPECT_THAT(grid.at("modality_weight").values, ElementsAre(core::Value()));
}

TEST(Yaml, GarbageInAGridIsNoticed) {
    EXPECT_THAT(yaml_problems("talos_params: {lr: (1e-4, 1e-2, 5)}\n"),
                ElementsAre(HasSubstr("my.yaml, line 1: ")));
    EXPECT_THAT(yaml_problems("talos_params:\n  lr: [[1]]\n"),
                ElementsAre(HasSubstr("my.yaml, line 2: a value or a list of values")));
    EXPECT_THAT(yaml_problems("talos_params:\n  ? [a]\n  : 1\n"), ElementsAre(HasSubstr("line 2")));
}

TEST(Yaml, FilesThatCantBeReadAreUsageErrors) {
    Sample sample;
    Schema schema("train");
    schema.add("Input", sample);
    EXPECT_THROW(static_cast<void>(read_yaml(schema, "/none/x.yaml")), core::UsageError);
    EXPECT_THROW(static_cast<void>(read_yaml(schema, testing::TempDir())), core::UsageError);
}

TEST(Yaml, DeepAndRepeatedNestingIsAnErrorNotACrash) {
    EXPECT_FALSE(yaml_problems(core::concat("v: ", std::string(5000, '['))).empty());
    EXPECT_FALSE(yaml_problems(core::concat("v: ", std::string(5000, '{'))).empty());
    std::string laughs = "a: &a0 [x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string before = std::to_string(i - 1);
        laughs += core::concat("b", i, ": &a", i, " [*a", before, ", *a", before, "]\n");
    }
    EXPECT_FALSE(yaml_problems(laughs).empty());
}

TEST(Yaml, RandomTextsNeverCrash) {
    core::RandomStream random(8);
    constexpr std::string_view pieces[] = {"v",     "talos_params",
                                           "lr",    ": ",
                                           ":",     "\n",
                                           "\n  ",  "\n    ",
                                           "- ",    "-",
                                           "? ",    "[",
                                           "]",     "{",
                                           "}",     ",",
                                           "'",     "\"",
                                           "#",     " #",
                                           "|",     ">",
                                           "|-\n",  "&a",
                                           "*a",    "!!",
                                           "!!map", "%",
                                           "---",   "...",
                                           "0.1",   "~",
                                           "\t",    "\\",
                                           "\xff",  "\r",
                                           "<<",    "=",
                                           "@",     "`"};
    int read = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (std::uint64_t n = random.below(16); n > 0; --n) {
            text += pieces[random.below(std::size(pieces))];
        }
        read += yaml_problems(text).empty() ? 1 : 0;
    }
    EXPECT_GT(read, 100);
}

TEST(ConfigYaml, FeedsBackToTheSameValues) {
    Sample sample;
    sample.folder = "/data/with space: and \"quotes\"\\";
    sample.split = 1e-5;
    sample.size = 96;
    sample.rotate = false;
    sample.precision = Precision::bf16;
    sample.weighted = "dti";
    sample.spacing = 0.08;
    sample.grid = "{'lr': [0.001],\n 'dropout': (0.1, 0.5, 4)}";
    sample.name = "-3 # no comment";
    Schema schema("train");
    schema.add("Input", sample);
    const std::string text = config_yaml(schema);
    EXPECT_EQ(parsed(text), sample) << text;
    EXPECT_THAT(text, HasSubstr("# Slice width after resampling. Allowed: [1,inf).\n"));
    Sample defaults;
    EXPECT_EQ(parsed(config_yaml(Schema("train").add("Input", defaults))), Sample());
}

TEST(ConfigYaml, RandomTextsFeedBack) {
    core::RandomStream random(3);
    constexpr std::string_view letters =
        "ab:#'\"\\{}[],&*!|>%@`~- \n\t?=<\x01\x7f"
        "0.";
    for (int round = 0; round < 500; ++round) {
        Sample sample;
        for (std::uint64_t n = random.below(12); n > 0; --n) {
            sample.name += letters[random.below(letters.size())];
        }
        Schema schema("train");
        schema.add("Input", sample);
        EXPECT_EQ(parsed(config_yaml(schema)).name, sample.name);
    }
}

TEST(ConfigYaml, RemarksAreCommentsAboveTheirOptions) {
    Sample sample;
    sample.size = 96;
    Schema schema("train");
    schema.add("Input", sample);
    const std::string text = config_yaml(schema, {{"target_size", "Half of the scan."}});
    EXPECT_EQ(parsed(text), sample) << text;
    EXPECT_THAT(text, HasSubstr("Allowed: [1,inf).\n# Half of the scan.\ntarget_size: 96\n"));
}

TEST(ConfigYaml, LeavesOutActions) {
    Sample sample;
    Actions actions;
    Schema schema("train");
    schema.add("Input", sample).add("General", actions);
    EXPECT_THAT(config_yaml(schema), testing::Not(HasSubstr("help:")));
    EXPECT_THAT(config_yaml(schema), testing::Not(HasSubstr("General")));
}

}  // namespace
}  // namespace msunet::config
