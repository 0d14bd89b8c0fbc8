// SPDX-License-Identifier: Apache-2.0
#include "msunet/config/grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "sample_options.hpp"
#include "support/reference.hpp"

namespace msunet::config {
namespace {

using core::GridEntries;
using core::GridRange;
using core::Value;
using testing::ElementsAre;
using testing::HasSubstr;

Value integer(std::int64_t value) { return value; }

const std::vector<std::string> keys{"a",      "b",  "batch_size",      "dropout",  "epochs",
                                    "losses", "lr", "modality_weight", "pca_only", "which_layer"};

std::vector<std::string> problems(std::string_view text,
                                  const std::vector<std::string>& known = keys) {
    return problems_of([&] { static_cast<void>(parse_grid(text, known)); });
}

TEST(Grid, ReadsAPythonDictionary) {
    const GridEntries grid = parse_grid(
        "{'lr': [0.001, 1e-4, .5], \"epochs\": [10, 20,], 'losses': ['dice_coef_loss'],\n"
        " 'pca_only': [True, False], # both\n"
        " 'modality_weight': [None, 'fmri'], 'dropout': 0.5, 'which_layer': (5), }",
        keys);
    EXPECT_EQ(grid.size(), 7U);
    EXPECT_THAT(grid.at("lr").values, ElementsAre(0.001, 1e-4, 0.5));
    EXPECT_THAT(grid.at("epochs").values, ElementsAre(integer(10), integer(20)));
    EXPECT_THAT(grid.at("losses").values, ElementsAre("dice_coef_loss"));
    EXPECT_THAT(grid.at("pca_only").values, ElementsAre(Value(true), Value(false)));
    EXPECT_THAT(grid.at("modality_weight").values, ElementsAre(Value(), "fmri"));
    EXPECT_THAT(grid.at("dropout").values, ElementsAre(0.5));
    EXPECT_THAT(grid.at("which_layer").values, ElementsAre(integer(5)));
}

TEST(Grid, ReadsJson) {
    const GridEntries grid = parse_grid(
        R"({"lr": [1E-3, -0.5], "pca_only": [false, true], "modality_weight": null,
            "losses": ["dice\u005fcoef_loss"]})",
        keys);
    EXPECT_THAT(grid.at("lr").values, ElementsAre(0.001, -0.5));
    EXPECT_THAT(grid.at("pca_only").values, ElementsAre(Value(false), Value(true)));
    EXPECT_THAT(grid.at("modality_weight").values, ElementsAre(Value()));
    EXPECT_THAT(grid.at("losses").values, ElementsAre("dice_coef_loss"));
}

TEST(Grid, ReadsADistributionAsItsText) {
    const auto expect_texts = [](const GridEntries& grid) {
        EXPECT_THAT(grid.at("lr").values, ElementsAre("loguniform(1e-4, 1e-2)"));
        EXPECT_THAT(grid.at("batch_size").values, ElementsAre("choice(8, 16)"));
        EXPECT_THAT(grid.at("losses").values, ElementsAre("choice('mse', \"bce\")"));
        EXPECT_FALSE(grid.at("lr").range);
    };
    const GridEntries python = parse_grid(
        "{'lr': loguniform(1e-4, 1e-2), 'batch_size': choice (8, 16),\n"
        " 'losses': choice('mse', \"bce\"), 'dropout': [0.1, uniform(0, 1)]}",
        keys);
    expect_texts(python);
    EXPECT_THAT(python.at("dropout").values, ElementsAre(0.1, "uniform(0, 1)"));
    expect_texts(parse_grid(
        "lr: loguniform(1e-4, 1e-2)\nbatch_size: choice(8, 16)\nlosses: choice('mse', \"bce\")\n",
        keys));
    expect_texts(parse_grid(
        R"json({"lr": "loguniform(1e-4, 1e-2)", "batch_size": ["choice(8, 16)"],
                "losses": "choice('mse', \"bce\")"})json",
        keys));
}

TEST(Grid, PrintsADistributionAsItIsWritten) {
    const std::string text = "{'batch_size': choice([8, 16]), 'lr': loguniform(1e-4, 1e-2)}";
    EXPECT_EQ(grid_text(parse_grid(text, keys)), text);
    // Texts that are no calls stay in quotes.
    for (const char* value :
         {"'f(1'", "'f(\")'", "'f((1))'", "'1(2)'", "'f(1) g(2)'", "'f(a#b)'"}) {
        const auto grid = parse_grid(core::concat("{'lr': ", value, "}"), keys);
        EXPECT_EQ(grid_text(grid), core::concat("{'lr': [", value, "]}"));
        EXPECT_EQ(parse_grid(grid_text(grid), keys), grid);
    }
}

TEST(Grid, ADistributionEndsInItsLine) {
    EXPECT_THAT(problems("{'lr': uniform(0,\n 1)}"),
                ElementsAre(HasSubstr("line 1, column 8: a distribution has no ')' in its line")));
    EXPECT_THAT(problems("{'lr': uniform((0), 1)}"), ElementsAre(HasSubstr("brackets inside")));
}

TEST(Grid, ReadsYaml) {
    const GridEntries grid = parse_grid(
        "lr: [0.001, 1e-4]\nbatch size: 16\ndropout: (0.1, 0.5, 4)\nlosses:\n  - dice coef loss\n"
        "  - 'bce'\npca_only: false\n",
        keys);
    EXPECT_THAT(grid.at("lr").values, ElementsAre(0.001, 1e-4));
    EXPECT_THAT(grid.at("batch_size").values, ElementsAre(integer(16)));
    EXPECT_EQ(grid.at("dropout").range, (GridRange{0.1, 0.5, 4}));
    EXPECT_THAT(grid.at("losses").values, ElementsAre("dice_coef_loss", "bce"));
    EXPECT_THAT(grid.at("pca_only").values, ElementsAre(Value(false)));
}

TEST(Grid, ReadsRanges) {
    const GridEntries grid =
        parse_grid("{'lr':(0.001,0.1,5), 'epochs': (5, 50, 5), 'dropout': '(0.1, 0.5, 4)'}", keys);
    EXPECT_EQ(grid.at("lr").range, (GridRange{0.001, 0.1, 5}));
    EXPECT_TRUE(grid.at("lr").values.empty());
    EXPECT_EQ(grid.at("epochs").range, (GridRange{integer(5), integer(50), 5}));
    EXPECT_EQ(grid.at("dropout").range, (GridRange{0.1, 0.5, 4}));
    EXPECT_EQ(parse_grid("lr: (1e-4, 1e-2, 5)", keys).at("lr").range, (GridRange{1e-4, 1e-2, 5}));
}

TEST(Grid, ReadsTheGuidesExampleAsItStands) {
    const auto path = test::reference("talos/guide_grid.txt");
    const std::vector<std::string> known{"batch_size",
                                         "contractingBatchNormTrainable",
                                         "dropout",
                                         "epochs",
                                         "expandingBatchNormTrainable",
                                         "finalActivation",
                                         "losses",
                                         "lr",
                                         "optimizer",
                                         "patch_dimensions",
                                         "patch_stride",
                                         "pca_only",
                                         "scoreTrainable",
                                         "upsamplingBatchNormTrainable",
                                         "upsamplingTrainable",
                                         "which_layer"};
    const GridEntries grid = load_grid(path.string(), known);
    std::vector<std::string> names;
    for (const auto& [name, entry] : grid) {
        names.push_back(name);
        EXPECT_EQ(entry.name, name);
    }
    EXPECT_EQ(names, known);
    EXPECT_THAT(grid.at("epochs").values, ElementsAre(integer(10), integer(20)));
    EXPECT_THAT(grid.at("losses").values, ElementsAre("dice_coef_loss"));
    EXPECT_THAT(grid.at("optimizer").values, ElementsAre("Adam"));
    EXPECT_THAT(grid.at("lr").values, ElementsAre(0.001, 0.005));
    EXPECT_THAT(grid.at("batch_size").values, ElementsAre(integer(128), integer(256)));
    EXPECT_THAT(grid.at("which_layer").values, ElementsAre(integer(19), integer(5)));
    EXPECT_THAT(grid.at("scoreTrainable").values, ElementsAre(Value(true), Value(false)));
    EXPECT_THAT(grid.at("pca_only").values, ElementsAre(Value(false)));
    // The same text on the command line.
    EXPECT_EQ(load_grid(core::read_file(path), known), grid);
}

TEST(Grid, ReadsWhatWordProcessorsMakeOfQuotes) {
    const GridEntries grid = parse_grid(
        "{\u2018lr\u2019: [1e\u20133], \u201Closses\u201D:\u00A0[\u2018bce\u2019]}", keys);
    EXPECT_THAT(grid.at("lr").values, ElementsAre(0.001));
    EXPECT_THAT(grid.at("losses").values, ElementsAre("bce"));
}

TEST(Grid, AnEmptyOneIsAllowed) {
    EXPECT_TRUE(parse_grid("{}", keys).empty());
    EXPECT_TRUE(parse_grid("", keys).empty());
    EXPECT_TRUE(parse_grid(" { # nothing\n } ", keys).empty());
}

TEST(Grid, NamesAreKnownInAnySpelling) {
    const std::vector<std::string> known{"batch_size", "finalActivation", "lr"};
    for (const char* name : {"batch_size", "batch size", "batch-size", "Batch Size", "batchsize"}) {
        EXPECT_TRUE(parse_grid(std::string("{'") + name + "': 1}", known).contains("batch_size"))
            << name;
    }
    EXPECT_TRUE(parse_grid("{final activation: relu}", known).contains("finalActivation"));
}

TEST(Grid, NamesAllProblemsAtOnce) {
    const std::vector<std::string> known{"batch_size", "lr", "epochs", "dropout"};
    EXPECT_THAT(
        problems("{'batchsise': [1], 'lr': [], 'epochs': (1, 2), 'epochs': (1, 2, 0), "
                 "'dropout': 0.5, 'drop-out': 0.1, 'momentum': 1}",
                 known),
        ElementsAre("in the parameter grid 'batchsise' isn't a hyperparameter, did you mean "
                    "'batch_size'?",
                    "in the parameter grid 'lr' has no values",
                    "in the parameter grid 'epochs' has 2 values in round brackets; a range is "
                    "(start, end, steps), a list of values has square brackets",
                    "in the parameter grid 'epochs' is a range whose steps aren't an integer of 1 "
                    "or more",
                    "in the parameter grid 'dropout' is given twice, remove one",
                    "in the parameter grid 'momentum' isn't a hyperparameter (those are "
                    "batch_size, lr, epochs, dropout)"));
    EXPECT_THAT(problems("{'lr': (1, 1, 3)}"), ElementsAre(HasSubstr("equal")));
    EXPECT_THAT(problems("{'lr': ('a', 1, 3)}"), ElementsAre(HasSubstr("aren't both numbers")));
    EXPECT_THAT(problems("{'lr': ()}"), ElementsAre(HasSubstr("has 0 values")));
    EXPECT_THAT(problems("{'l!r': 1}"), ElementsAre(HasSubstr("did you mean 'lr'?")));
}

TEST(Grid, SyntaxErrorsNameLineAndColumn) {
    EXPECT_THAT(problems("{'lr': [0.1, 0.2\n 'epochs': 3}"),
                ElementsAre("the parameter grid can't be read: line 2, column 2: ',' or ']' was "
                            "expected, found ''epochs': 3}'"));
    EXPECT_THAT(problems("{'lr' [0.1]}"), ElementsAre(HasSubstr("line 1, column 7: ':' after")));
    EXPECT_THAT(problems("{'lr': }"), ElementsAre(HasSubstr("column 8: a value was expected")));
    EXPECT_THAT(problems("{'lr': [0.1]"), ElementsAre(HasSubstr("',' or '}' was expected, found "
                                                                "the end")));
    EXPECT_THAT(problems("{'lr': [[0.1]]}"), ElementsAre(HasSubstr("lists don't nest")));
    EXPECT_THAT(problems("{'lr': {'a': 1}}"), ElementsAre(HasSubstr("a value was expected")));
    EXPECT_THAT(problems("{'lr: [0.1]}"), ElementsAre(HasSubstr("a quote isn't closed")));
    EXPECT_THAT(problems("{'lr': ['a\\q']}"), ElementsAre(HasSubstr("unknown escape")));
    EXPECT_THAT(problems("{'lr': 1} x"), ElementsAre(HasSubstr("the end was expected")));
    EXPECT_THAT(problems("{: 1}"), ElementsAre(HasSubstr("a name was expected")));
    EXPECT_THAT(problems("'lr': [0.1] 'epochs': [1]"), ElementsAre(HasSubstr("',' was expected")));
    EXPECT_THAT(problems("lr"), ElementsAre(HasSubstr("':' after the name 'lr'")));
    EXPECT_THAT(problems(std::string((1U << 20U) + 1, ' ')), ElementsAre(HasSubstr("bytes")));
}

TEST(Grid, TextsArentTakenForYamlsGarbage) {
    EXPECT_FALSE(problems("{'lr':(0.001,0.1,5)").empty());
    EXPECT_FALSE(problems("'lr':[0.1],\n'epochs':[1,\n").empty());
    EXPECT_FALSE(problems("lr: {a: 1}\nb: 2\n").empty());
    EXPECT_FALSE(problems("lr: 'x\nepochs: 3\n").empty());
    EXPECT_FALSE(problems("- lr\n- epochs\n").empty());
    EXPECT_FALSE(problems("lr: (1, 2\nepochs: 3\n").empty());
}

TEST(Grid, FilesAndTextsAreToldApart) {
    const auto path = std::filesystem::path(testing::TempDir()) / ("grid_" + core::unique_suffix());
    core::write_file_atomically(path, std::string_view("{'lr': [0.1]}\n"));
    EXPECT_TRUE(load_grid(path.string(), keys).contains("lr"));
    core::write_file_atomically(path, std::string_view("{'lr': [0.1}\n"));
    EXPECT_THAT(problems_of([&] { static_cast<void>(load_grid(path.string(), keys)); }),
                ElementsAre(HasSubstr(path.string() + ": the parameter grid can't be read")));
    std::filesystem::remove(path);
    EXPECT_THAT(problems_of([&] { static_cast<void>(load_grid(path.string(), keys)); }),
                ElementsAre(HasSubstr("is neither a file nor a dictionary")));
    EXPECT_THAT(problems_of([&] { static_cast<void>(load_grid(testing::TempDir(), keys)); }),
                ElementsAre(HasSubstr("can't read")));
    EXPECT_TRUE(load_grid("lr: 0.1", keys).contains("lr"));
    EXPECT_TRUE(load_grid("", keys).empty());
}

TEST(Grid, TextReadsBack) {
    const GridEntries grid = parse_grid(
        "{'lr': (1e-4, 0.01, 5), 'epochs': (5, 50, 5), 'losses': ['it\\'s', \"q\\\"\"], "
        "'modality_weight': [None], 'pca_only': [True], 'dropout': [1.0, 1]}",
        keys);
    EXPECT_EQ(parse_grid(grid_text(grid), keys), grid) << grid_text(grid);
    EXPECT_EQ(grid_text(parse_grid("b: 2, a: [x y]", keys)), "{'a': ['x_y'], 'b': [2]}");
    EXPECT_EQ(grid_text({}), "{}");
}

// The second is a finding of the fuzzer.
TEST(Grid, TextOfOddCharactersReadsBack) {
    for (const char* text :
         {"{'a': ['\\u2018', \"\\u201d\", '\\ufeff']}", "a: \xEF\uFEFF\xBB\xBFms"}) {
        const std::string printed = grid_text(parse_grid(text, keys));
        EXPECT_EQ(grid_text(parse_grid(printed, keys)), printed);
    }
}

TEST(Grid, RandomTextsNeverCrash) {
    core::RandomStream random(5);
    constexpr std::string_view pieces[] = {
        "{",  "}",  "[",      "]",   "(",    ")",  "'",    "\"",   ",",      ":",  "#",  "\n", " ",
        "\\", "lr", "epochs", "0.1", "-",    "1e", "True", "null", "\u2018", "&a", "*a", "- ", "? ",
        "|",  ">",  "!!map",  "~",   "\xff", "\t", "%",    "\\u",  "---",    "[[", "{{"};
    int read = 0;
    for (int round = 0; round < 30000; ++round) {
        std::string text;
        for (std::uint64_t n = random.below(14); n > 0; --n) {
            text += pieces[random.below(std::size(pieces))];
        }
        // Zero or more problems, no other exception, and what is read can be written and read.
        static_cast<void>(problems_of([&] {
            const GridEntries grid = parse_grid(text, keys);
            ++read;
            EXPECT_EQ(parse_grid(grid_text(grid), keys), grid) << text;
        }));
    }
    EXPECT_GT(read, 100);
}

TEST(Grid, DeepNestingIsNoBomb) {
    EXPECT_FALSE(problems(std::string(500000, '{')).empty());
    EXPECT_FALSE(problems("lr: " + std::string(500000, '[')).empty());
    EXPECT_FALSE(problems("'lr': " + std::string(500000, '(')).empty());
}

}  // namespace
}  // namespace msunet::config
