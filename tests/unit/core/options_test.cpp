// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/options.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "msunet/core/time.hpp"

namespace msunet::core {
namespace {

enum class Colour : std::uint8_t { green, dark_red };
constexpr std::array<std::string_view, 2> names_of(Colour /*any*/) { return {"green", "dark_red"}; }
constexpr std::array<Alias<Colour>, 1> aliases_of(Colour /*any*/) {
    return {{{"crimson", Colour::dark_red}}};
}

struct Sample {
    bool flag = true;
    std::int64_t count = 3;
    double rate = 0.5;
    std::string name = "x";
    std::optional<double> limit;
    std::vector<std::string> items{"a", "b"};
    Colour colour = Colour::dark_red;
    std::optional<Colour> other;
    std::optional<Deadline> deadline;
};

void describe(OptionVisitor& visitor, Sample& sample) {
    visitor.visit({.name = "flag", .affects = Affects::data}, sample.flag);
    visitor.visit({.name = "count", .affects = Affects::result}, sample.count);
    visitor.visit({.name = "rate", .affects = Affects::run}, sample.rate);
    visitor.visit({.name = "name"}, sample.name);
    visitor.visit({.name = "limit"}, sample.limit);
    visitor.visit({.name = "items"}, sample.items);
    visitor.visit({.name = "colour"}, sample.colour);
    visitor.visit({.name = "other", .absent = "auto"}, sample.other);
    visitor.visit({.name = "deadline", .range = "a time"}, sample.deadline);
}

TEST(TextCollector, ListsEveryOptionInOrder) {
    Sample sample;
    TextCollector collector;
    describe(collector, sample);
    const std::vector<OptionText> expected{
        {"flag", "True", Affects::data},         {"count", "3", Affects::result},
        {"rate", "0.5", Affects::run},           {"name", "x", Affects::result},
        {"limit", "none", Affects::result},      {"items", "a, b", Affects::result},
        {"colour", "dark_red", Affects::result}, {"other", "auto", Affects::result},
        {"deadline", "none", Affects::result}};
    EXPECT_EQ(collector.texts(), expected);
}

TEST(RangeText, IsMadeFromTheLimits) {
    EXPECT_EQ(range_text({.min = 0, .max = 1, .max_open = true}), "[0,1)");
    EXPECT_EQ(range_text({.min = 0, .min_open = true}), "(0,inf)");
    EXPECT_EQ(range_text({.max = 0.5}), "(-inf,0.5]");
    EXPECT_EQ(range_text({.min = 32, .multiple_of = 32}), "a multiple of 32 in [32,inf)");
    EXPECT_EQ(range_text({.choices = {"a", "b"}}), "a, b");
    EXPECT_EQ(range_text({.range = "files", .min = 1}), "files");
    EXPECT_EQ(range_text({}), "");
}

TEST(ProblemWith, ChecksOpenAndClosedLimits) {
    const OptionInfo info{.name = "v", .min = 0, .max = 1, .max_open = true};
    EXPECT_FALSE(problem_with(info, 0.0).has_value());
    EXPECT_FALSE(problem_with(info, std::nextafter(1.0, 0.0)).has_value());
    EXPECT_EQ(text_of(*problem_with(info, 1.0)), "is '1.0', allowed is [0,1)");
    EXPECT_TRUE(problem_with(info, -0.1).has_value());
    EXPECT_TRUE(problem_with(info, std::nan("")).has_value());
    EXPECT_TRUE(problem_with({.name = "w"}, std::numeric_limits<double>::infinity()).has_value());
}

TEST(ProblemWith, ChecksMultiples) {
    const OptionInfo info{.name = "patch", .min = 32, .multiple_of = 32};
    EXPECT_FALSE(problem_with(info, std::int64_t{64}).has_value());
    EXPECT_EQ(text_of(*problem_with(info, std::int64_t{48})),
              "is '48', allowed is a multiple of 32 in [32,inf)");
    EXPECT_TRUE(problem_with(info, std::int64_t{0}).has_value());
}

TEST(ProblemWith, NamesTheNearestChoice) {
    const OptionInfo info{.name = "precision", .choices = {"auto", "float32", "bf16"}};
    EXPECT_FALSE(problem_with(info, std::string("bf16")).has_value());
    EXPECT_EQ(text_of(*problem_with(info, std::string("flot32"))),
              "is 'flot32', allowed is auto, float32, bf16, did you mean 'float32'?");
}

/// Gives each option of a TextValue the text of its name.
class TextReader final : public UniformVisitor<TextReader> {
public:
    explicit TextReader(std::map<std::string_view, std::string> texts) : texts_(std::move(texts)) {}

    template <class T>
    void option(const OptionInfo& /*info*/, T& /*value*/) {}
    void option(const OptionInfo& info, TextValue& value) {
        choices[info.name] = info.choices;
        if (const auto found = texts_.find(info.name); found != texts_.end()) {
            problems[info.name] = text_of(value.read(found->second).value_or(Problem{}));
        }
    }

    std::map<std::string_view, std::vector<std::string_view>> choices;
    std::map<std::string_view, std::string> problems;

private:
    std::map<std::string_view, std::string> texts_;
};

TEST(TextValue, OfAnEnumTakesItsNamesInAnySpelling) {
    for (const char* text : {"dark_red", "Dark-Red", "DARKRED", "crimson"}) {
        Sample sample;
        sample.colour = Colour::green;
        TextReader reader({{"colour", text}, {"other", text}});
        describe(reader, sample);
        EXPECT_EQ(sample.colour, Colour::dark_red) << text;
        EXPECT_EQ(sample.other, Colour::dark_red) << text;
    }
}

TEST(TextValue, ListsTheChoicesOfAnEnum) {
    Sample sample;
    TextReader reader({});
    describe(reader, sample);
    EXPECT_EQ(reader.choices["colour"], (std::vector<std::string_view>{"green", "dark_red"}));
    EXPECT_EQ(reader.choices["other"],
              (std::vector<std::string_view>{"auto", "green", "dark_red"}));
    EXPECT_TRUE(reader.choices["deadline"].empty());
}

TEST(TextValue, KeepsItsValueWhereATextHasNoMeaning) {
    Sample sample;
    TextReader reader({{"colour", "dark_rad"}, {"other", "blue"}, {"deadline", "soon"}});
    describe(reader, sample);
    EXPECT_EQ(reader.problems["colour"],
              "is 'dark_rad', allowed is green, dark_red, did you mean 'dark_red'?");
    EXPECT_EQ(reader.problems["other"], "is 'blue', allowed is auto, green, dark_red");
    EXPECT_EQ(reader.problems["deadline"], "is 'soon', allowed is a time");
    EXPECT_EQ(sample.colour, Colour::dark_red);
    EXPECT_FALSE(sample.other || sample.deadline);
}

TEST(TextValue, OfAnOptionalIsClearedByItsWord) {
    Sample sample;
    sample.other = Colour::green;
    sample.deadline = Deadline{"1 min", false, 60};
    TextReader reader({{"other", "auto"}, {"deadline", "none"}});
    describe(reader, sample);
    EXPECT_FALSE(sample.other || sample.deadline);
}

}  // namespace
}  // namespace msunet::core
