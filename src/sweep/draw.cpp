// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/sweep/distribution.hpp"
#include "msunet/sweep/selection.hpp"
#include "sweep/points.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

/// Values of a distribution over which TPE chooses.
constexpr std::size_t pool_values = 64;

/// Where a name's values come from: one of the two is not null.
struct Source {
    std::string name;
    const std::vector<core::Value>* list = nullptr;
    const Distribution* distribution = nullptr;
};

/// By name, as the grid's axes.
std::vector<Source> sources_of(const GridSpace& space) {
    std::vector<Source> sources;
    for (const auto& [name, values] : space.lists) sources.push_back({name, &values, nullptr});
    for (const auto& [name, distribution] : space.distributions) {
        sources.push_back({name, nullptr, &distribution});
    }
    std::ranges::sort(sources, {}, &Source::name);
    return sources;
}

using Row = std::vector<core::Value>;

Row row_at(const std::vector<Source>& sources, const std::vector<std::uint64_t>& coordinates) {
    Row row;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const Source& source = sources[i];
        if (source.distribution != nullptr) {
            row.push_back(
                source.distribution->value(static_cast<double>(coordinates[i] >> 11U) * 0x1p-53));
        } else {
            row.push_back((*source.list)[part_of(coordinates[i], source.list->size())]);
        }
    }
    return row;
}

/// `count` distinct rows; fewer where the draws are too much alike.
std::set<Row> draw_rows(const std::vector<Source>& sources, RandomMethod method,
                        std::uint64_t count, std::uint64_t seed) {
    std::set<Row> rows;
    std::vector<std::uint64_t> coordinates(sources.size());
    std::vector<RandomMethod> methods{method};
    if (method != RandomMethod::uniform_mersenne) methods.push_back(RandomMethod::uniform_mersenne);
    for (const RandomMethod by : methods) {
        if (rows.size() == count) break;
        const DrawPoint next = points_of(by, sources.size(), count, seed);
        const std::uint64_t draws = points_worth_drawing(by, count);
        for (std::uint64_t i = 0; i < draws && rows.size() < count; ++i) {
            next(coordinates);
            rows.insert(row_at(sources, coordinates));
        }
    }
    return rows;
}

/// The distinct values of one column, ascending.
std::vector<core::Value> column_values(const std::set<Row>& rows, std::size_t column) {
    std::set<core::Value> values;
    for (const Row& row : rows) values.insert(row[column]);
    return {values.begin(), values.end()};
}

std::vector<record::TrialId> ids_of(const std::set<Row>& rows, const ParameterGrid& grid) {
    std::vector<std::map<core::Value, std::uint64_t>> positions(grid.names().size());
    for (std::size_t axis = 0; axis < positions.size(); ++axis) {
        const std::vector<core::Value>& values = grid.axis(axis);
        for (std::size_t i = 0; i < values.size(); ++i) positions[axis].emplace(values[i], i);
    }
    std::vector<record::TrialId> ids;
    std::vector<std::uint64_t> at(positions.size());
    for (const Row& row : rows) {
        for (std::size_t axis = 0; axis < row.size(); ++axis) {
            at[axis] = positions[axis].at(row[axis]);
        }
        ids.push_back(grid.index(at));
    }
    std::ranges::sort(ids);
    return ids;
}

std::uint64_t rounds_of(const GridSpace& space, const SweepOptions& options) {
    if (options.fraction_limit || !options.round_limit) {
        const auto& [key, text] = *space.texts.begin();
        throw core::UsageError({.kind = "grid,",
                                .key = key,
                                .got = text,
                                .problem = concat(": ", text,
                                                  " is a distribution, whose permutations can't be "
                                                  "counted"),
                                .advice = options.fraction_limit
                                              ? "give --round_limit N instead of --fraction_limit"
                                              : "give --round_limit N: so many are drawn"});
    }
    const auto rounds = static_cast<std::uint64_t>(*options.round_limit);
    if (rounds > selection_limit) {
        throw core::UsageError({.option = "--round_limit",
                                .got = std::to_string(rounds),
                                .problem = "is more than a sweep tries",
                                .why = core::thousands(static_cast<std::int64_t>(selection_limit)),
                                .advice = "lower it"});
    }
    return rounds;
}

/// Throws core::UsageError where the permutations can't be numbered.
void check_size(const record::GridLists& lists, bool is_drawn) {
    try {
        (void)ParameterGrid(lists);
    } catch (const core::UsageError&) {
        throw core::UsageError(concat(
            "the drawn values of all keys together make more than 9.2e18 permutations (they can't "
            "be numbered), ",
            is_drawn ? "lower --round_limit or give fewer keys a distribution"
                     : "give fewer keys a distribution"));
    }
}

}  // namespace

DrawnGrid draw(GridSpace space, const SweepOptions& options, std::uint64_t seed) {
    DrawnGrid drawn;
    drawn.texts = space.texts;
    if (space.texts.empty()) {
        drawn.lists = std::move(space.lists);
        return drawn;
    }
    const std::uint64_t rounds = rounds_of(space, options);
    const bool is_drawn = sampler_of(options) != Sampler::tpe;
    drawn.lists = space.lists;
    if (space.distributions.empty() || !is_drawn) {
        for (const auto& [name, distribution] : space.distributions) {
            drawn.lists[name] = distribution.quantiles(pool_values);
        }
        check_size(drawn.lists, is_drawn);
        return drawn;
    }
    const std::vector<Source> sources = sources_of(space);
    const std::set<Row> rows = draw_rows(sources, method_of(options), rounds, seed);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].distribution != nullptr) {
            drawn.lists[sources[i].name] = column_values(rows, i);
        }
    }
    check_size(drawn.lists, is_drawn);
    drawn.trials = ids_of(rows, ParameterGrid(drawn.lists));
    return drawn;
}

}  // namespace msunet::sweep
