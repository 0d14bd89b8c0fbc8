// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/trainings.hpp"

#include <unordered_map>
#include <utility>

namespace msunet::sweep {

std::vector<std::vector<record::TrialId>> shared_trainings(
    const std::vector<record::TrialId>& trials, const TrainingKey& key) {
    std::vector<std::vector<record::TrialId>> trainings;
    std::unordered_map<std::string, std::size_t> position;
    for (const record::TrialId trial : trials) {
        auto text = key(trial);
        if (!text) continue;
        const auto [found, is_new] = position.emplace(std::move(*text), trainings.size());
        if (is_new) trainings.emplace_back();
        trainings[found->second].push_back(trial);
    }
    std::erase_if(trainings, [](const auto& permutations) { return permutations.size() < 2; });
    return trainings;
}

}  // namespace msunet::sweep
