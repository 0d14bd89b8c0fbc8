// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace msunet::core {
namespace {

template <class T>
struct ReprRow {
    T value;
    const char* repr;
};

#include "python_repr_table.inc"

TEST(PythonRepr, EqualsPythonOnDoubles) {
    for (const auto& row : double_rows) EXPECT_EQ(python_repr(row.value), row.repr);
}

TEST(PythonRepr, EqualsPythonOnWidenedFloats) {
    for (const auto& row : float_rows) EXPECT_EQ(python_repr(row.value), row.repr);
}

TEST(PythonRepr, SpecialValues) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    EXPECT_EQ(python_repr(inf), "inf");
    EXPECT_EQ(python_repr(-inf), "-inf");
    EXPECT_EQ(python_repr(std::nan("")), "nan");
    EXPECT_EQ(python_repr(-std::nan("")), "nan");
}

TEST(PythonStr, AllTypes) {
    EXPECT_EQ(python_str(Value()), "None");
    EXPECT_EQ(python_str(Value(true)), "True");
    EXPECT_EQ(python_str(Value(false)), "False");
    EXPECT_EQ(python_str(Value(std::int64_t{-7})), "-7");
    EXPECT_EQ(python_str(Value(1.0)), "1.0");
    EXPECT_EQ(python_str(Value("it's")), "it's");
}

TEST(PythonReprOfValue, QuotesTextsAsPythonDoes) {
    EXPECT_EQ(python_repr(Value("Adam")), "'Adam'");
    EXPECT_EQ(python_repr(Value("it's")), "\"it's\"");
    EXPECT_EQ(python_repr(Value("'\"")), "'\\'\"'");
    EXPECT_EQ(python_repr(Value("a\n\\\x01")), "'a\\n\\\\\\x01'");
}

TEST(ValueOfWord, ReadsPythonsScalars) {
    EXPECT_EQ(value_of_word("None"), Value());
    EXPECT_EQ(value_of_word(" True "), Value(true));
    EXPECT_EQ(value_of_word("false"), Value("false"));
    EXPECT_EQ(value_of_word("19"), Value(std::int64_t{19}));
    EXPECT_EQ(value_of_word("-3"), Value(std::int64_t{-3}));
    EXPECT_EQ(value_of_word("+5"), Value(std::int64_t{5}));
    EXPECT_EQ(value_of_word(".001"), Value(0.001));
    EXPECT_EQ(value_of_word("1."), Value(1.0));
    EXPECT_EQ(value_of_word("1e-3"), Value(0.001));
    EXPECT_EQ(value_of_word("inf"), Value("inf"));
    EXPECT_EQ(value_of_word("nan"), Value("nan"));
    EXPECT_EQ(value_of_word("1/3"), Value("1/3"));
    EXPECT_EQ(value_of_word("99999999999999999999"), Value(1e20));
    EXPECT_EQ(value_of_word(""), Value(""));
}

TEST(ValueConversions, FollowTheirRules) {
    EXPECT_EQ(as_integer(Value(2.0)), 2);
    EXPECT_FALSE(as_integer(Value(2.5)).has_value());
    EXPECT_FALSE(as_integer(Value(1e300)).has_value());
    EXPECT_FALSE(as_integer(Value(std::nan(""))).has_value());
    EXPECT_EQ(as_number(Value(std::int64_t{3})), 3.0);
    EXPECT_FALSE(as_number(Value(true)).has_value());
    EXPECT_EQ(as_bool(Value("yes")), true);
    EXPECT_EQ(as_bool(Value(std::int64_t{0})), false);
    EXPECT_FALSE(as_bool(Value(std::int64_t{2})).has_value());
    EXPECT_FALSE(as_bool(Value(1.0)).has_value());
    EXPECT_EQ(as_text(Value("a")), "a");
    EXPECT_FALSE(as_text(Value()).has_value());
    EXPECT_EQ(type_name(Value()), "None");
    EXPECT_EQ(type_name(Value(0.5)), "float");
}

}  // namespace
}  // namespace msunet::core
