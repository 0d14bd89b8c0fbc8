// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_options.hpp"

namespace msunet::config {
namespace {

using Words = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;

Sample parsed(const Words& words) {
    Sample sample;
    Schema schema("train");
    schema.add("Input", sample);
    apply(schema, {}, parse_command_line(schema, words), Required::ignored);
    return sample;
}

std::vector<std::string> problems(const Words& words, Required required = Required::ignored) {
    return problems_of([&] {
        Sample sample;
        Actions actions;
        Schema schema("train");
        schema.add("Input", sample).add("General", actions);
        apply(schema, {}, parse_command_line(schema, words), required);
    });
}

TEST(CommandLine, TakesEverySpelling) {
    for (const Words& words : std::vector<Words>{{"-tpath", "x"},
                                                 {"-tpath=x"},
                                                 {"--tpath", "x"},
                                                 {"--training_data_path", "x"},
                                                 {"--training-data-path", "x"},
                                                 {"--training-data-path=x"},
                                                 {"-training_data_path=x"},
                                                 {"--TrainingDataPath=x"},
                                                 {"-TPath", "x"}}) {
        EXPECT_EQ(parsed(words).folder, "x") << words.front();
    }
    EXPECT_EQ(parsed({"-v=0.3"}).split, 0.3);
    EXPECT_EQ(parsed({"-v", "0.3"}).split, 0.3);
    EXPECT_EQ(parsed({"--constant-size", "64"}).size, 64);
}

TEST(CommandLine, TakesTheGuidesCall) {
    const Sample sample =
        parsed({"-tpath", "/data/", "-mw", "fmri", "-er", "False", "-n", "first"});
    EXPECT_EQ(sample.folder, "/data/");
    EXPECT_EQ(sample.weighted, "fmri");
    EXPECT_FALSE(sample.rotate);
    EXPECT_EQ(sample.name, "first");
}

TEST(CommandLine, ReadsBooleanWordsAndBareFlags) {
    for (const char* word : {"False", "false", "0", "no", "NO"}) {
        EXPECT_FALSE(parsed({"-er", word}).rotate) << word;
        EXPECT_FALSE(parsed({std::string("-er=") + word}).rotate) << word;
    }
    EXPECT_TRUE(parsed({"-er", "False", "-er"}).rotate);
    EXPECT_TRUE(parsed({"-er", "-n", "x"}).rotate);
    EXPECT_EQ(parsed({"--force"}).force, true);
    EXPECT_THAT(problems({"-er", "maybe"}),
                ElementsAre("'--enable_rotation' is 'maybe', allowed is True or False"));
}

TEST(CommandLine, ValuesMayLookOdd) {
    EXPECT_EQ(parsed({"-n", ""}).name, "");
    EXPECT_EQ(parsed({"-n", "-5"}).name, "-5");
    EXPECT_EQ(parsed({"-n", "a=b c"}).name, "a=b c");
    EXPECT_EQ(parsed({"-n=a=b"}).name, "a=b");
    EXPECT_EQ(parsed({"-n", "-odd-name"}).name, "-odd-name");
    EXPECT_EQ(parsed({"-talos", "{'lr': [0.1, -1]}"}).grid, "{'lr': [0.1, -1]}");
    EXPECT_EQ(parsed({"-n", "\xc3\xa9 \"q\""}).name, "\xc3\xa9 \"q\"");
}

TEST(CommandLine, TheLastValueWins) {
    EXPECT_EQ(parsed({"-ts", "1", "--target_size", "2", "-ts=3"}).size, 3);
}

TEST(CommandLine, OptionalsMayBeNone) {
    EXPECT_FALSE(parsed({"-mw", "none"}).weighted.has_value());
    EXPECT_FALSE(parsed({"-mw", "fmri", "-mw", "None"}).weighted.has_value());
    EXPECT_EQ(parsed({"--spacing", "0.08"}).spacing, 0.08);
    EXPECT_EQ(parsed({"--early_stopping", "5"}).patience, 5);
    EXPECT_FALSE(parsed({}).spacing.has_value());
}

TEST(CommandLine, ChoicesInAnyCase) {
    EXPECT_EQ(parsed({"--precision", "BF16"}).precision, Precision::bf16);
    EXPECT_THAT(problems({"--precision", "half"}),
                ElementsAre("'--precision' is 'half', allowed is auto, float32, bf16"));
    EXPECT_THAT(problems({"-mw", "dtii"}), ElementsAre(HasSubstr("did you mean 'dti'?")));
}

TEST(CommandLine, NamesAllUnknownOptionsWithTheNearest) {
    EXPECT_THAT(problems({"-tpaht", "x", "--targetsite=3", "--colour", "red", "-v", "0.1"}),
                ElementsAre("'-tpaht' isn't an option of 'train', did you mean '-tpath'?",
                            "'--targetsite' isn't an option of 'train', did you mean "
                            "'--target_size'?",
                            "'--colour' isn't an option of 'train'"));
}

TEST(CommandLine, PrefixesAreNotGuessed) {
    EXPECT_THAT(problems({"--validation", "0.1"}),
                ElementsAre("'--validation' isn't an option of 'train', did you mean "
                            "'--validation_split'?"));
}

TEST(CommandLine, NamesMissingValuesAndStrayWords) {
    EXPECT_THAT(problems({"-tpath", "-v", "0.1", "stray", "-n"}),
                ElementsAre("'-tpath' needs a value (a text)", "'-n' needs a value (a text)",
                            "'stray' is neither an option nor the value of one"));
    EXPECT_THAT(problems({"--spacing", "--precision"}),
                ElementsAre("'--spacing' needs a value (a number in (0,inf))",
                            "'--precision' needs a value (auto, float32, bf16)"));
    EXPECT_THAT(problems({"-v="}), ElementsAre("'-v=' has no value after '='"));
}

TEST(CommandLine, NamesAllBadValues) {
    EXPECT_THAT(problems({"-v", "1", "-ts", "0", "--spacing", "wide", "-er", "False",
                          "--early_stopping", "2.5"}),
                ElementsAre("'--validation_split' is '1.0', allowed is [0,1)",
                            "'--target_size' is '0', allowed is [1,inf)",
                            "'--spacing' is 'wide', allowed is a number in (0,inf)",
                            "'--early_stopping' is '2.5', allowed is an integer in [1,inf)"));
}

TEST(CommandLine, RequiredOptionsMustBeThere) {
    EXPECT_THAT(problems({}, Required::checked),
                ElementsAre("-tpath is missing: Folder of the volumes"));
    EXPECT_THAT(problems({"-tpath", ""}, Required::checked), testing::SizeIs(1));
    EXPECT_TRUE(problems({"-tpath", "x"}, Required::checked).empty());
}

TEST(CommandLine, OptionsOfOtherCommandsSayWhose) {
    Sample sample;
    Schema schema("report");
    schema.add("Input", sample);
    EXPECT_THAT(problems_of([&] {
                    static_cast<void>(parse_command_line(schema, Words{"--precision", "bf16"}));
                }),
                ElementsAre("'--precision' isn't an option of 'report' (it is one of train, "
                            "bench)"));
}

TEST(CommandLine, ArgumentsWithoutNames) {
    const auto merged = [](const Words& words) {
        Merge merge;
        Schema schema("merge");
        schema.add("Merge", merge);
        apply(schema, {}, parse_command_line(schema, words));
        return merge;
    };
    const Merge merge = merged({"--overwrite", "out", "a", "b", "--", "-c"});
    EXPECT_TRUE(merge.overwrite);
    EXPECT_EQ(merge.target, "out");
    EXPECT_THAT(merge.shards, ElementsAre("a", "b", "-c"));
    EXPECT_THAT(merged({"--target", "out", "--shards", "a", "--shards=b"}).shards,
                ElementsAre("a", "b"));
    EXPECT_THAT(problems_of([&] { merged({"out"}); }), ElementsAre(HasSubstr("SHARD is missing")));
}

TEST(CommandLine, GivenValuesAreFoundBeforeTheRest) {
    Sample sample;
    Actions actions;
    Schema schema("train");
    schema.add("Input", sample).add("General", actions);
    const Settings settings = parse_command_line(schema, Words{"--config", "a.yaml", "-h"});
    EXPECT_EQ(given_value(settings, "config"), "a.yaml");
    EXPECT_EQ(given_value(settings, "help"), "True");
    EXPECT_FALSE(given_value(settings, "validation_split").has_value());
}

TEST(Schema, RefusesSharedSpellings) {
    Sample first;
    Sample second;
    Schema schema("train");
    schema.add("a", first).add("b", second);
    EXPECT_THROW(static_cast<void>(schema.infos()), std::logic_error);
}

TEST(Schema, ListsTextsByEffect) {
    Sample sample;
    Actions actions;
    Schema schema("train");
    schema.add("a", sample).add("b", actions);
    std::vector<std::string> names;
    for (const auto& text : option_texts(schema, {core::Affects::data})) names.push_back(text.name);
    EXPECT_THAT(names,
                ElementsAre("training_data_path", "validation_split", "target_size", "spacing"));
    EXPECT_THAT(option_texts(schema, {core::Affects::run}),
                ElementsAre(core::OptionText{"experiment_name", "", core::Affects::run}));
    Schema report("report");
    report.add("a", sample);
    for (const auto& text : option_texts(report, {core::Affects::result})) {
        EXPECT_NE(text.name, "precision");
    }
}

}  // namespace
}  // namespace msunet::config
