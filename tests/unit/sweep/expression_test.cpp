// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"

namespace msunet::sweep {
namespace {

using testing::HasSubstr;

const core::Permutation permutation{{"batch_size", std::int64_t{128}},
                                    {"dropout", 0.5},
                                    {"finalActivation", std::string("sigmoid")},
                                    {"lr", 0.001},
                                    {"modality_weight", std::monostate{}},
                                    {"optimizer", std::string("Adam")},
                                    {"scoreTrainable", true},
                                    {"which_layer", std::int64_t{19}}};

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& entry : permutation) all.push_back(entry.first);
    return all;
}

bool holds(const std::string& text) {
    const auto all = names();
    return Expression(text, all).accepts(
        [&](std::size_t i) -> const core::Value& { return permutation.at(all[i]); });
}

std::string problem(const std::string& text) {
    try {
        holds(text);
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "";
}

/// Two spellings of a value.
core::Value lower_case(std::string_view name, const core::Value& value) {
    if (name == "optimizer" && value == core::Value(std::string("adam")))
        return std::string("Adam");
    return value;
}

TEST(Expression, TextsComparedWithANameAreSpelledCanonically) {
    const auto all = names();
    const auto accepts = [&](const std::string& text) {
        return Expression(text, all, lower_case).accepts([&](std::size_t i) -> const core::Value& {
            return permutation.at(all[i]);
        });
    };
    for (const char* text :
         {"optimizer == 'adam'", "'adam' == optimizer", "optimizer in ['SGD', 'adam']",
          "not optimizer != 'adam'", "finalActivation == 'sigmoid' == finalActivation",
          "lr < 1 and (optimizer in ('adam',) or dropout > 1)"}) {
        EXPECT_TRUE(accepts(text)) << text;
    }
    EXPECT_FALSE(accepts("finalActivation == 'adam'"));
    EXPECT_FALSE(accepts("'adam' == 'Adam'"));
}

// Each line was put to Python with the values above.
TEST(Expression, MeansWhatPythonMeans) {
    for (const char* text : {"lr < 0.01 and batch_size != 256",
                             "lr < 0.01",
                             "lr <= .001",
                             "lr == 1e-3",
                             "0 < lr < dropout < 1",
                             "not lr > 1",
                             "not (lr > 1 or dropout > 1)",
                             "optimizer == 'Adam'",
                             "optimizer in ['Adam', \"SGD\"]",
                             "optimizer not in ('RMSprop',)",
                             "batch_size in [64, 128.0]",
                             "batch_size % 3 == 2",
                             "-batch_size % 3 == 1",
                             "-batch_size // 3 == -43",
                             "batch_size / 3 > 42.6",
                             "2 ** 3 ** 2 == 512",
                             "-2 ** 2 == -4",
                             "2 ** -1 == 0.5",
                             "batch_size * dropout == 64",
                             "batch_size + 1 - 1 == 128",
                             "scoreTrainable",
                             "scoreTrainable == True",
                             "scoreTrainable == 1",
                             "scoreTrainable is True",
                             "scoreTrainable is not 1",
                             "modality_weight is None",
                             "modality_weight == None",
                             "not modality_weight",
                             "modality_weight != 'fmri'",
                             "finalActivation > 'relu'",
                             "'moid' in finalActivation",
                             "'x' not in finalActivation",
                             "lr < 0.01 or optimizer < 5",
                             "which_layer == 19 and not which_layer == 18",
                             "1 < 2 == 2",
                             "1 in [1] and 1 not in []",
                             "(lr) < (0.01)",
                             "-7 // 2 == -4",
                             "-7 % 2 == 1",
                             "7 % -2 == -1",
                             "5.5 // 2 == 2.0",
                             "5.5 % 2 == 1.5",
                             "-5.5 % 2 == 0.5",
                             "True + True == 2",
                             "9223372036854775807 + 1 > 9.2e18"}) {
        EXPECT_TRUE(holds(text)) << text;
    }
    for (const char* text :
         {"lr > 0.01", "lr < 0.01 and batch_size != 128", "0 < lr < 0.0005", "not scoreTrainable",
          "optimizer == 'adam'", "modality_weight", "scoreTrainable is 1", "1 < 2 < 2", "0", "''",
          "0.0", "None", "False", "batch_size in []", "9007199254740993 == 9007199254740992.0"}) {
        EXPECT_FALSE(holds(text)) << text;
    }
}

TEST(Expression, ShortCircuits) {
    EXPECT_TRUE(holds("True or 1 / 0"));
    EXPECT_FALSE(holds("False and 1 / 0"));
    EXPECT_FALSE(holds("2 < 1 < 1 / 0"));
}

TEST(Expression, NamesMayBeSpeltInAnyWay) {
    EXPECT_TRUE(holds("finalactivation == 'sigmoid'"));
    EXPECT_TRUE(holds("Batch_Size == 128"));
}

TEST(Expression, TakesTalosLambdas) {
    EXPECT_TRUE(holds("lambda p: p['lr'] * p[\"batch size\"] < 220"));
    EXPECT_FALSE(holds("lambda p: p['lr'] > 1"));
    EXPECT_THAT(problem("lambda p: p.lr < 1"), HasSubstr("position 12"));
    EXPECT_THAT(problem("lambda : 1"), HasSubstr("expected a name after 'lambda', found ':'"));
}

struct Bad {
    const char* text;
    const char* message;
};

TEST(Expression, ProblemsShowTextPositionAndWhatIsWrong) {
    for (const Bad& bad : {
             Bad{"lr < ", "position 6: expected a value, found the end"},
             Bad{"lr < < 2", "position 6: expected a value, found '<'"},
             Bad{"lr = 2", "position 4: write '==' to compare"},
             Bad{"lr < 1 && dropout", "position 8: write 'and' for '&&'"},
             Bad{"lr < 1 | dropout", "position 8: write 'or' for '|'"},
             Bad{"lr $ 1", "position 4: '$' has no meaning here"},
             Bad{"optimizer == 'Adam", "position 14: the text has no end"},
             Bad{"optimizer == Adam", "position 14: 'Adam' is no hyperparameter"},
             Bad{"dropuot < 1", "did you mean 'dropout'?"},
             Bad{"(lr < 1", "position 8: expected ',' or ')', found the end"},
             Bad{"lr < 1)", "position 7: expected 'and', 'or', an operator or the end, found ')'"},
             Bad{"lr in 3", "position 4: 'in' is not defined between 0.001 (float) and 3 (int)"},
             Bad{"lr < 'a'", "position 4: '<' is not defined between 0.001 (float) and 'a' (str)"},
             Bad{"lr + 'a'", "position 4: '+' is not defined between"},
             Bad{"-optimizer", "position 1: '-' is not defined before 'Adam'"},
             Bad{"modality_weight < 1", "'<' is not defined between None (None) and 1 (int)"},
             Bad{"1 / 0", "position 3: division by zero"},
             Bad{"batch_size % 0.0", "division by zero"},
             Bad{"lr == [1]", "position 7: a list can stand only after 'in'"},
             Bad{"[1]", "position 1: a list can stand only after 'in'"},
             Bad{"lr in [[1]]", "a list can stand only after 'in'"},
             Bad{"()", "the parentheses are empty"},
             Bad{"12abc", "is no number"},
             Bad{"1e999", "out of range"},
             Bad{"", "expected a value, found the end"},
             Bad{"lr lr", "position 4: expected 'and', 'or', an operator or the end"},
             Bad{"not", "expected a value"},
             Bad{"lr not 3", "expected 'and', 'or'"},
         }) {
        EXPECT_THAT(problem(bad.text), HasSubstr(bad.message));
        EXPECT_THAT(problem(bad.text), HasSubstr("--boolean_limit"));
    }
}

TEST(Expression, NoTextExhaustsTheStack) {
    EXPECT_THAT(problem(std::string(100'000, '(')), HasSubstr("too long"));
    EXPECT_THAT(problem(std::string(900, '(')), HasSubstr("nested too deeply"));
    EXPECT_THAT(problem(std::string(900, '-') + "1"), HasSubstr("nested too deeply"));
    std::string text = "1";
    for (int i = 0; i < 400; ++i) text += " ** 1";
    EXPECT_THAT(problem(text), HasSubstr("nested too deeply"));
    std::string sum = "1";
    for (int i = 0; i < 400; ++i) sum += " + 1";
    EXPECT_TRUE(holds(sum + " == 401"));
}

TEST(Expression, RubbishIsReadOrRefused) {
    const std::vector<std::string> words{
        "lr", "batch_size", "optimizer", "'Adam'", "1", "0.5",    "and", "or", "not",  "in",
        "is", "None",       "(",         ")",      "[", "]",      ",",   "<",  "==",   "+",
        "-",  "*",          "**",        "//",     "%", "lambda", "p",   ":",  "\xff", "'"};
    int read = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        core::RandomStream random(seed);
        std::string text;
        for (std::uint64_t i = random.below(8) + 1; i > 0; --i) {
            text += words[random.below(words.size())] + (random.chance(0.7) ? " " : "");
        }
        try {
            (void)holds(text);
            ++read;
        } catch (const core::UsageError&) {
        }
    }
    EXPECT_GT(read, 500);
}

TEST(Expression, NamesInEverySpelling) {
    for (const char* text : {"batchsize > 8", "BatchSize > 8", "batch_size > 8", "Batch_Size > 8",
                             "lambda p: p['batch size'] > 8", "lambda p: p['batch-size'] > 8",
                             "final_activation == 'sigmoid'", "finalactivation == 'sigmoid'",
                             "scoretrainable", "WhichLayer == 19"}) {
        EXPECT_TRUE(holds(text)) << text;
    }
}

}  // namespace
}  // namespace msunet::sweep
