// SPDX-License-Identifier: Apache-2.0
/// \file
/// The strategies that compare trials at rungs, one function each.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

/// Successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
/// Hyperparameter Optimization", AISTATS 2016): when all trials of a rung have arrived, the best of
/// them, one of `factor`, go on, at least one.
[[nodiscard]] std::unique_ptr<Strategy> halving_strategy(const SearchRules& rules,
                                                         const std::vector<Training>& trainings);

/// Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband: A Novel Bandit-Based
/// Approach to Hyperparameter Optimization", JMLR 18, 2018): several brackets of successive
/// halving, which begin at different rungs.
[[nodiscard]] std::unique_ptr<Strategy> hyperband_strategy(const SearchRules& rules,
                                                           const std::vector<Training>& trainings);

/// Asynchronous successive halving (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and
/// Talwalkar, "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020): a trial goes on
/// as soon as it is among the best of those that have arrived at its rung, one of `factor`. What
/// can't come among them any more is stopped. When nothing more can arrive at a rung, at
/// least one of it goes on.
[[nodiscard]] std::unique_ptr<Strategy> asha_strategy(const SearchRules& rules,
                                                      const std::vector<Training>& trainings);

/// What makes the strategy of each kind but `grid`.
struct StrategyMaker {
    StrategyKind kind;
    std::unique_ptr<Strategy> (*make)(const SearchRules&, const std::vector<Training>&);
};
inline constexpr std::array<StrategyMaker, 3> strategy_makers{
    {{StrategyKind::halving, halving_strategy},
     {StrategyKind::hyperband, hyperband_strategy},
     {StrategyKind::asha, asha_strategy}}};
static_assert(strategy_makers.size() + 1 == names_of(StrategyKind{}).size());

}  // namespace msunet::sweep
