// SPDX-License-Identifier: Apache-2.0
/// \file
/// The strategies that compare trials at rungs, one function each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "msunet/sweep/strategy.hpp"
#include "sweep/planned.hpp"

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

/// What is known of the strategies of each kind but `grid`.
struct StrategyEntry {
    StrategyKind kind;
    std::unique_ptr<Strategy> (*make)(const SearchRules&, const std::vector<Training>&);
    /// Epochs that it assigns to all trainings together without a budget (see `planned_epochs`).
    std::int64_t (*epochs)(const SearchRules&, const std::vector<Training>&);
};
inline constexpr std::array<StrategyEntry, 3> strategy_entries{
    {{StrategyKind::halving, halving_strategy, halving_epochs},
     {StrategyKind::hyperband, hyperband_strategy, hyperband_epochs},
     {StrategyKind::asha, asha_strategy, halving_epochs}}};
static_assert(strategy_entries.size() + 1 == names_of(StrategyKind{}).size());

/// That of a kind but `grid`.
[[nodiscard]] const StrategyEntry& strategy_entry(StrategyKind kind);

}  // namespace msunet::sweep
