// SPDX-License-Identifier: Apache-2.0
#include "msunet/config/print.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "sample_options.hpp"

namespace msunet::config {
namespace {

using testing::HasSubstr;
using testing::Not;

class PrintTest : public testing::Test {
protected:
    Sample sample;
    Actions actions;
    Schema schema{"train"};

    void SetUp() override { schema.add("Input", sample).add("General", actions); }
};

TEST_F(PrintTest, HelpShowsSpellingsRangeDefaultAndMeaning) {
    const std::string help = help_text(schema, "msunet train -tpath FOLDER", "Trains.", 80);
    EXPECT_THAT(help, HasSubstr("Usage\n  msunet train -tpath FOLDER\n\nTrains.\n\nInput\n"));
    EXPECT_THAT(help, HasSubstr("  -tpath, --training_data_path FOLDER\n"
                                "        Folder of the volumes. Required.\n"));
    EXPECT_THAT(help, HasSubstr("  -v, --validation_split N\n"
                                "        Part of the pairs that validates. Allowed: [0,1). "
                                "Default: 0.2.\n"));
    EXPECT_THAT(help, HasSubstr("  -ts, --target_size, --constant_size N\n"));
    EXPECT_THAT(help, HasSubstr("\nGeneral\n  -h, --help\n        This page.\n"));
    EXPECT_THAT(help, HasSubstr("Default: none."));
}

TEST_F(PrintTest, HelpFitsTheTerminal) {
    for (const std::size_t width : {40U, 61U, 120U}) {
        for (const std::string& line : core::split(help_text(schema, "u", "s", width), '\n')) {
            EXPECT_LE(line.size(), width) << line;
        }
    }
}

TEST_F(PrintTest, HelpParagraphsKeepIndentAndColumns) {
    EXPECT_EQ(help_paragraphs("Exit codes\n  75  stopped by a signal, the same command goes on\n\n"
                              "  msunet report sweep\n        Then open its page.",
                              40),
              "Exit codes\n  75  stopped by a signal, the same\n      command goes on\n\n"
              "  msunet report sweep\n        Then open its page.\n");
}

TEST_F(PrintTest, HelpLeavesOutOtherCommandsOptions) {
    Schema report("report");
    report.add("Input", sample);
    EXPECT_THAT(help_text(report, "u", "s", 80), Not(HasSubstr("--precision")));
    EXPECT_THAT(help_text(schema, "u", "s", 80), HasSubstr("--precision"));
}

/// What bash offers for the words of a command line, the last of them unfinished.
std::string completions(const std::string& script, const std::string& words) {
    const auto path =
        std::filesystem::path(testing::TempDir()) / ("complete_" + core::unique_suffix());
    core::write_file_atomically(
        path, script + "\nCOMP_WORDS=(" + words +
                  ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_msunet\nprintf '%s\\n' "
                  "\"${COMPREPLY[@]}\"\n");
    std::string out;
    std::FILE* pipe = ::popen(("bash " + path.string() + " 2>&1").c_str(), "r");
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
    ::pclose(pipe);
    std::filesystem::remove(path);
    return out;
}

TEST_F(PrintTest, BashCompletesCommandsOptionsAndValues) {
    Merge merge;
    Schema merging("merge");
    merging.add("Merge", merge);
    const CompletionCommand commands[] = {{"Trains", &schema}, {"Merges", &merging}};
    const std::string script = bash_completion("msunet", commands, "train");
    EXPECT_EQ(completions(script, "msunet tr"), "train\n");
    EXPECT_EQ(completions(script, "msunet train --targ"), "--target_size\n");
    EXPECT_EQ(completions(script, "msunet train --precision b"), "bf16\n");
    EXPECT_EQ(completions(script, "msunet -er F"), "False\n");
    EXPECT_EQ(completions(script, "msunet merge --o"), "--overwrite\n");
    EXPECT_EQ(completions(script, "msunet merge --targ"), "--target\n");
    EXPECT_EQ(completions(script, "msunet train -tpath /us"), "/usr\n");
}

}  // namespace
}  // namespace msunet::config
