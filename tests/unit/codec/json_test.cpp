// SPDX-License-Identifier: Apache-2.0
#include "msunet/codec/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "msunet/core/error.hpp"

namespace msunet::codec {

namespace example {

enum class Colour : std::uint8_t { red, green };
constexpr std::array<std::string_view, 2> names_of(Colour /*any*/) { return {"red", "green"}; }

struct Point {
    std::int64_t x = 0;
    double y = 0;

    bool operator==(const Point&) const = default;
};

template <class Archive, Is<Point> T>
void fields(Archive& archive, T& value) {
    archive("x", value.x);
    archive("y", value.y);
}

/// A member of every kind.
struct Everything {
    bool flag = false;
    std::uint8_t small = 0;
    std::uint64_t large = 0;
    std::string text;
    core::Value value;
    Colour colour = Colour::red;
    std::optional<double> maybe;
    std::vector<Point> points;
    std::array<std::int32_t, 2> pair{};
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
    std::string label;         ///< left out where it is empty
    std::int64_t count = 0;    ///< formerly "number"
    std::int64_t seconds = 0;  ///< stored as minutes

    bool operator==(const Everything&) const = default;
};

template <class Archive, Is<Everything> T>
void fields(Archive& archive, T& value) {
    archive.constant("version", 7);
    archive("flag", value.flag);
    archive("small", value.small);
    archive("large", value.large);
    archive("text", value.text);
    archive("value", value.value);
    archive("colour", value.colour);
    archive("maybe", value.maybe);
    archive("points", value.points);
    archive("pair", value.pair);
    archive("lists", value.lists);
    archive.optional("label", value.label);
    archive.renamed("count", "number", value.count);
    archive.converted(
        "minutes", value.seconds, [](auto seconds) { return seconds / 60; },
        [](auto minutes) { return minutes * 60; });
}

struct Opened {
    static constexpr std::string_view name = "opened";
    static constexpr std::string_view former_name = "started";
    std::int64_t at = 0;
};
struct Closed {
    static constexpr std::string_view name = "closed";
    std::string reason;
};
using Event = std::variant<Opened, Closed>;

template <class Archive, Is<Opened> T>
void fields(Archive& archive, T& value) {
    archive("at", value.at);
}
template <class Archive, Is<Closed> T>
void fields(Archive& archive, T& value) {
    archive("reason", value.reason);
}

}  // namespace example

template <>
struct Tag<example::Event> {
    static constexpr std::string_view key = "event";
};

namespace {

using example::Closed;
using example::Event;
using example::Everything;
using example::Opened;
using example::Point;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Everything everything() {
    Everything value;
    value.flag = true;
    value.small = 255;
    value.large = std::numeric_limits<std::uint64_t>::max();
    value.text = "a \"b\"\n\\ ü";
    value.value = 2.5;
    value.colour = example::Colour::green;
    value.maybe = -0.5;
    value.points = {{1, 1.5}, {-2, 0}};
    value.pair = {-1, 2};
    value.lists = {{"empty", {}}, {"two", {"x", "y"}}};
    value.label = "l";
    value.count = 3;
    value.seconds = 120;
    return value;
}

/// The message of the error that reading gives.
template <class T>
std::string problem(std::string_view text) {
    try {
        (void)from_json<T>(text);
    } catch (const core::InputError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Codec, EveryKindOfMemberRoundTripsOnOneLine) {
    const std::string text = to_json(everything());
    EXPECT_EQ(from_json<Everything>(text), everything());
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(Codec, MembersStandInTheirOrder) {
    EXPECT_EQ(to_json(std::vector<Point>{{1, 2}, {-3, 0.25}}),
              R"([{"x":1,"y":2.0},{"x":-3,"y":0.25}])");
}

TEST(Codec, DefaultsAreLeftOutWhereTheyAreOptional) {
    const std::string text = to_json(Everything{});
    EXPECT_EQ(text.find("label"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("version":7)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("maybe":null)"), std::string::npos) << text;
    EXPECT_EQ(from_json<Everything>(text), Everything{});
}

TEST(Codec, FormerNamesAreRead) {
    std::string text = to_json(everything());
    text.replace(text.find("\"count\""), 7, "\"number\"");
    EXPECT_EQ(from_json<Everything>(text), everything());
    EXPECT_EQ(std::get<Opened>(from_json<Event>(R"({"event":"started","at":4})")).at, 4);
}

TEST(Codec, AVariantsFirstMemberTellsTheAlternative) {
    const std::string text = to_json(Event(Closed{"done"}));
    EXPECT_EQ(text, R"({"event":"closed","reason":"done"})");
    EXPECT_EQ(std::get<Closed>(from_json<Event>(text)).reason, "done");
}

TEST(Codec, DoublesKeepTheirBits) {
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e22, 1e-5,
                               123456789.123456789, static_cast<double>(0.1F)}) {
        const double read = from_json<Point>(to_json(Point{0, value})).y;
        EXPECT_EQ(read, value);
        EXPECT_EQ(std::signbit(read), std::signbit(value));
    }
}

TEST(Codec, NonFiniteNumbersAreTexts) {
    const std::string text = to_json(std::vector<double>{nan, infinity, -infinity});
    EXPECT_EQ(text, R"(["nan","inf","-inf"])");
    const auto read = from_json<std::vector<double>>(text);
    EXPECT_TRUE(std::isnan(read[0]));
    EXPECT_EQ(read[1], infinity);
    EXPECT_EQ(read[2], -infinity);
}

TEST(Codec, ValuesKeepTheirTypes) {
    const std::map<std::string, core::Value, std::less<>> values{
        {"none", std::monostate{}},
        {"yes", true},
        {"whole", std::int64_t{1}},
        {"real", 1.0},
        {"most", std::numeric_limits<std::int64_t>::max()},
        {"least", std::numeric_limits<std::int64_t>::min()},
        {"infinite", infinity},
        {"text", std::string("nan")},
        {"bytes", std::string("\xff")},
        {"quotes", std::string("a \"b\"\n\\ ü")}};
    EXPECT_EQ((from_json<std::map<std::string, core::Value, std::less<>>>(to_json(values))),
              values);
}

TEST(Codec, TextThatIsNotUtf8KeepsItsBytes) {
    const std::vector<std::string> names{"a\xff.nii", std::string("\0\n", 2), "ü", "\xc3"};
    const std::string text = to_json(names);
    EXPECT_NE(text.find(R"({"hex":"61ff2e6e6969"})"), std::string::npos) << text;
    EXPECT_EQ(from_json<std::vector<std::string>>(text), names);
    EXPECT_EQ(problem<std::string>(R"({"hex":"6"})"), "'record' is not a text");
    EXPECT_EQ(problem<std::string>(R"({"hex":"6g"})"), "'record' is not a text");
}

TEST(Codec, ErrorsNameTheMember) {
    using Points = std::map<std::string, std::vector<Point>, std::less<>>;
    EXPECT_NE(problem<Point>("").find("not JSON"), std::string::npos);
    EXPECT_NE(problem<Point>(R"({"x":1,"y":1e999})").find("not JSON"), std::string::npos);
    EXPECT_EQ(problem<Point>("[]"), "'record' is not an object");
    EXPECT_EQ(problem<Point>(R"({"x":1})"), "'y' is missing");
    EXPECT_EQ(problem<Point>(R"({"x":1.5,"y":0})"), "'x' is not an integer in range");
    EXPECT_EQ(problem<Point>(R"({"x":9223372036854775808,"y":0})"),
              "'x' is not an integer in range");
    EXPECT_EQ(problem<std::uint8_t>("256"), "'record' is not an integer in range");
    EXPECT_EQ(problem<std::uint64_t>("-1"), "'record' is not an integer in range");
    EXPECT_EQ((problem<std::array<bool, 2>>("[true]")), "'record' is not an array of fixed length");
    EXPECT_EQ(problem<Points>(R"({"a":[{"x":1,"y":"soon"}]})"), "'a[].y' is not a number");
    EXPECT_EQ(problem<example::Colour>("\"blue\""), "'record' is not one of red, green");
    EXPECT_EQ(problem<Event>(R"({"event":"party"})"), "the event 'party' is unknown");
    EXPECT_EQ(problem<Event>("{}"), "'event' is missing");
}

}  // namespace
}  // namespace msunet::codec
