// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "msunet/core/error.hpp"

namespace msunet::sweep {
namespace {

using core::Value;
using testing::ElementsAre;
using testing::HasSubstr;

Value whole(std::int64_t value) { return value; }

core::GridEntries entries_of(const std::map<std::string, std::vector<Value>>& values) {
    core::GridEntries entries;
    for (const auto& [name, list] : values) entries[name] = {name, list, std::nullopt};
    return entries;
}

template <class Function>
std::string message_of(const Function& function) {
    try {
        function();
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "";
}

std::string problem_of(const std::string& text) {
    return message_of([&] { (void)Distribution(text); });
}

TEST(Distribution, UniformIsLinear) {
    const Distribution uniform("uniform(0, 0.5)");
    EXPECT_EQ(uniform.value(0), Value(0.0));
    EXPECT_EQ(uniform.value(0.5), Value(0.25));
    EXPECT_EQ(uniform.list(), std::nullopt);
    EXPECT_THAT(uniform.quantiles(5), ElementsAre(0.05, 0.15, 0.25, 0.35, 0.45));
}

TEST(Distribution, LoguniformIsLinearInTheLogarithm) {
    const Distribution lr("loguniform(1e-4, 1e-2)");
    EXPECT_EQ(lr.value(0), Value(1e-4));
    EXPECT_EQ(lr.value(0.5), Value(1e-3));
    EXPECT_EQ(lr.value(0.25), Value(3.162e-4));
}

TEST(Distribution, RandintHasBothEnds) {
    const Distribution layer("randint(0, 19)");
    EXPECT_EQ(layer.value(0), whole(0));
    EXPECT_EQ(layer.value(std::nextafter(1.0, 0.0)), whole(19));
    EXPECT_EQ(layer.list().value().size(), 20U);
    EXPECT_EQ(Distribution("randint(-2, 1)").list(),
              (std::vector<Value>{whole(-2), whole(-1), whole(0), whole(1)}));
    EXPECT_EQ(Distribution("randint(1, 1000)").list(), std::nullopt);
}

TEST(Distribution, QuniformHasMultiplesOfQ) {
    EXPECT_THAT(Distribution("quniform(8, 32, 8)").list().value(),
                ElementsAre(whole(8), whole(16), whole(24), whole(32)));
    EXPECT_THAT(Distribution("quniform(0.1, 0.5, 0.1)").list().value(),
                ElementsAre(0.1, 0.2, 0.3, 0.4, 0.5));
    EXPECT_THAT(Distribution("quniform(5, 20, 8)").list().value(),
                ElementsAre(whole(8), whole(16)));
}

TEST(Distribution, ChoiceHasItsValuesAsTheyStand) {
    EXPECT_THAT(Distribution("choice(8, 16.5, 'Adam', True, None, sgd, -1)").list().value(),
                ElementsAre(whole(8), 16.5, "Adam", Value(true), Value(), "sgd", whole(-1)));
    EXPECT_EQ(Distribution("choice([32, 16])").list(), Distribution("choice(32, 16)").list());
}

TEST(Distribution, RoundsToWhatTheWidthNeeds) {
    EXPECT_EQ(Distribution("uniform(0, 1)").value(1.0 / 3), Value(0.3333));
    EXPECT_EQ(Distribution("uniform(100, 100.01)").value(1.0 / 3), Value(100.00333));
    const Distribution narrow("uniform(0.12346, 0.12347)");
    for (const double u : {0.0, 0.3, 0.999}) {
        EXPECT_GE(std::get<double>(narrow.value(u)), 0.12346);
        EXPECT_LE(std::get<double>(narrow.value(u)), 0.12347);
    }
    EXPECT_GT(narrow.quantiles(64).size(), 60U);
}

TEST(Distribution, SaysWhatIsWrong) {
    EXPECT_THAT(problem_of("lognormal(0, 1)"), HasSubstr("'lognormal' is no distribution"));
    EXPECT_THAT(problem_of("logunifrom(0, 1)"), HasSubstr("did you mean 'loguniform'"));
    EXPECT_THAT(problem_of("uniform(1)"), HasSubstr("two numbers: (low, high)"));
    EXPECT_THAT(problem_of("uniform(1, 'x')"), HasSubstr("'x' is not a number"));
    EXPECT_THAT(problem_of("uniform(1, True)"), HasSubstr("True is not a number"));
    EXPECT_THAT(problem_of("uniform(0, nan)"), HasSubstr("not a number"));
    EXPECT_THAT(problem_of("uniform(1, 1)"), HasSubstr("low must be below high"));
    EXPECT_THAT(problem_of("uniform(-1e308, 1e308)"), HasSubstr("too far apart"));
    EXPECT_THAT(problem_of("loguniform(0, 1)"), HasSubstr("low must be above 0"));
    EXPECT_THAT(problem_of("randint(0, 1.5)"), HasSubstr("two integers: (low, high)"));
    EXPECT_THAT(problem_of("randint(5, 2)"), HasSubstr("low must be below high"));
    EXPECT_THAT(problem_of("randint(0, 9223372036854775807)"), HasSubstr("beyond 9e15"));
    EXPECT_THAT(problem_of("quniform(0, 1)"), HasSubstr("three numbers: (low, high, q)"));
    EXPECT_THAT(problem_of("quniform(0, 1, 0)"), HasSubstr("q must be above 0"));
    EXPECT_THAT(problem_of("quniform(1, 7, 8)"), HasSubstr("fewer than two values"));
    EXPECT_THAT(problem_of("choice(1)"), HasSubstr("at least two values"));
    EXPECT_THAT(problem_of("uniform(0, 1"), HasSubstr("character 13: expected ')'"));
    EXPECT_THAT(problem_of("uniform(0, 1) 2"), HasSubstr("expected the end"));
    EXPECT_THAT(problem_of("uniform(0, -'a')"), HasSubstr("only a number has a sign"));
    EXPECT_THAT(problem_of("uniform(0, *)"), HasSubstr("expected a value"));
    EXPECT_THAT(problem_of("5"), HasSubstr("expected the name"));
}

TEST(GridSpace, KeepsListsAndReadsDistributions) {
    const GridSpace space = space_of(entries_of({{"batch_size", {"choice(8, 16)"}},
                                                 {"dropout", {0.1, 0.2}},
                                                 {"lr", {" loguniform(1e-4, 1e-2) "}},
                                                 {"losses", {"mse"}}}));
    EXPECT_THAT(space.lists.at("batch_size"), ElementsAre(whole(8), whole(16)));
    EXPECT_EQ(space.lists.at("dropout").size(), 2U);
    EXPECT_THAT(space.lists.at("losses"), ElementsAre("mse"));
    EXPECT_EQ(space.distributions.count("lr"), 1U);
    EXPECT_EQ(space.texts.at("lr"), "loguniform(1e-4, 1e-2)");
    EXPECT_EQ(space.texts.size(), 2U);
}

TEST(GridSpace, NamesTheKeyOfEveryProblem) {
    const auto message = message_of([] {
        (void)space_of(entries_of(
            {{"a", {"uniform(1, 0)"}}, {"b", {"normal(0, 1)"}}, {"c", {"choice(1, 2)", 5.0}}}));
    });
    EXPECT_THAT(message, HasSubstr("grid, 'a': uniform(1, 0): low must be below high"));
    EXPECT_THAT(message, HasSubstr("grid, 'b': normal(0, 1): 'normal' is no distribution"));
    EXPECT_THAT(message, HasSubstr("grid, 'c': a distribution stands alone"));
}

SweepOptions options_of(std::int64_t rounds, std::optional<Sampler> sampler = std::nullopt) {
    SweepOptions options;
    options.round_limit = rounds;
    options.sampler = sampler;
    return options;
}

core::GridEntries mixed_entries() {
    return entries_of({{"batch_size", {whole(8), whole(16), whole(32)}},
                       {"dropout", {"uniform(0, 0.5)"}},
                       {"epochs", {whole(5)}},
                       {"lr", {"loguniform(1e-4, 1e-2)"}}});
}

DrawnGrid drawn_mixed(const SweepOptions& options, std::uint64_t seed = 1) {
    return draw(space_of(mixed_entries()), options, seed);
}

class DrawnBy : public testing::TestWithParam<Sampler> {};
INSTANTIATE_TEST_SUITE_P(Samplers, DrawnBy,
                         testing::Values(Sampler::grid, Sampler::random, Sampler::sobol,
                                         Sampler::halton, Sampler::latin_hypercube));

TEST_P(DrawnBy, GivesAsManyPermutationsAsAsked) {
    const DrawnGrid drawn = drawn_mixed(options_of(50, GetParam()));
    const ParameterGrid grid(drawn.lists);
    ASSERT_TRUE(drawn.trials);
    EXPECT_EQ(drawn.trials->size(), 50U);
    EXPECT_TRUE(std::ranges::is_sorted(*drawn.trials));
    EXPECT_EQ(std::set(drawn.trials->begin(), drawn.trials->end()).size(), 50U);
    std::map<Value, int> batch_sizes;
    std::set<Value> rates;
    for (const record::TrialId trial : *drawn.trials) {
        const auto permutation = grid.permutation(trial);
        ++batch_sizes[permutation.at("batch_size")];
        rates.insert(permutation.at("lr"));
        const double lr = std::get<double>(permutation.at("lr"));
        EXPECT_TRUE(1e-4 <= lr && lr <= 1e-2) << lr;
    }
    EXPECT_GT(rates.size(), 45U);
    EXPECT_EQ(drawn.lists.at("lr"), std::vector<Value>(rates.begin(), rates.end()));
    for (const auto& [size, count] : batch_sizes) EXPECT_GT(count, 7);
    EXPECT_EQ(drawn.lists.at("batch_size").size(), 3U);
}

TEST_P(DrawnBy, IsTheSameForTheSameSeedAlone) {
    const auto options = options_of(20, GetParam());
    const DrawnGrid drawn = drawn_mixed(options, 5);
    EXPECT_EQ(drawn.lists, drawn_mixed(options, 5).lists);
    EXPECT_EQ(drawn.trials, drawn_mixed(options, 5).trials);
    EXPECT_NE(drawn.lists, drawn_mixed(options, 6).lists);
}

TEST(DrawnGrid, LatinHypercubeSpreadsEachDistribution) {
    const DrawnGrid drawn = drawn_mixed(options_of(40, Sampler::latin_hypercube));
    const std::vector<Value>& dropout = drawn.lists.at("dropout");
    ASSERT_EQ(dropout.size(), 40U);
    for (std::size_t i = 0; i < dropout.size(); ++i) {
        const double low = 0.5 * static_cast<double>(i) / 40;
        const double value = std::get<double>(dropout[i]);
        EXPECT_TRUE(value > low - 1e-4 && value < low + 0.5 / 40 + 1e-4) << value;
    }
}

TEST(DrawnGrid, WithoutDistributionsIsTheGridAsWritten) {
    const DrawnGrid drawn = draw(space_of(entries_of({{"a", {0.5, 0.1}}})), {}, 1);
    EXPECT_THAT(drawn.lists.at("a"), ElementsAre(0.5, 0.1));
    EXPECT_EQ(drawn.trials, std::nullopt);
}

TEST(DrawnGrid, OfFewValuesIsSampledAsAGrid) {
    const DrawnGrid drawn =
        draw(space_of(entries_of({{"a", {"choice(5, 3)"}}, {"b", {"randint(1, 2)"}}})),
             options_of(3), 1);
    EXPECT_EQ(drawn.trials, std::nullopt);
    EXPECT_EQ(ParameterGrid(drawn.lists).size(), 4U);
}

TEST(DrawnGrid, NeedsARoundLimit) {
    const auto message = [](const SweepOptions& options) {
        return message_of([&] { (void)drawn_mixed(options); });
    };
    EXPECT_THAT(message({}), HasSubstr("'dropout': uniform(0, 0.5)"));
    EXPECT_THAT(message({}), HasSubstr("give --round_limit N: so many are drawn"));
    SweepOptions fraction;
    fraction.fraction_limit = 0.5;
    EXPECT_THAT(message(fraction), HasSubstr("--round_limit N instead of --fraction_limit"));
    EXPECT_THAT(message(options_of(1'000'001)), HasSubstr("more than a sweep tries"));
}

TEST(DrawnGrid, RefusesMoreThanCanBeNumbered) {
    std::map<std::string, std::vector<Value>> values;
    for (char c = 'a'; c <= 'h'; ++c) values[std::string(1, c)] = {"uniform(0, 1)"};
    const auto message =
        message_of([&] { (void)draw(space_of(entries_of(values)), options_of(1000), 1); });
    EXPECT_THAT(message, HasSubstr("lower --round_limit"));
}

TEST(DrawnGrid, IsSmallerWhereValuesRunOut) {
    // 100 values of one key: no more than 100 of 150 draws can differ.
    const DrawnGrid drawn =
        draw(space_of(entries_of({{"a", {"randint(1, 100)"}}})), options_of(150), 1);
    EXPECT_EQ(drawn.trials.value().size(), 100U);
}

TEST(SamplerOption, AndTalosOptionMeanTheSame) {
    SweepOptions options;
    EXPECT_EQ(sampler_of(options), Sampler::grid);
    options.random_method = RandomMethod::halton;
    EXPECT_EQ(sampler_of(options), Sampler::halton);
    EXPECT_EQ(method_of(options), RandomMethod::halton);
    options.random_method.reset();
    options.sampler = Sampler::random;
    EXPECT_EQ(method_of(options), RandomMethod::uniform_mersenne);
}

TEST(SamplerOption, IsRefusedWhereItMakesNoSense) {
    const auto message = [](const SweepOptions& options) {
        return message_of([&] { check_sampler(options); });
    };
    SweepOptions options;
    EXPECT_EQ(message(options), "");
    options.random_method = RandomMethod::sobol;
    EXPECT_EQ(message(options), "");
    options.sampler = Sampler::grid;
    EXPECT_THAT(message(options), HasSubstr("--random_method 'sobol' can't be combined"));
    options.random_method.reset();
    EXPECT_EQ(message(options), "");
    options.sampler = Sampler::sobol;
    EXPECT_THAT(message(options), HasSubstr("--sampler 'sobol' needs --round_limit N"));
    options.round_limit = 5;
    EXPECT_EQ(message(options), "");
    options.sampler = Sampler::tpe;
    options.shard = Shard{1, 2};
    EXPECT_THAT(message(options), HasSubstr("--shard can't be combined"));
}

}  // namespace
}  // namespace msunet::sweep
