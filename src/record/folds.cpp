// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/folds.hpp"

#include "msunet/core/text.hpp"

namespace msunet::record {

std::string fold_text(const Folding& folding, TrialId trial) {
    if (!folding.any()) return {};
    auto text = core::concat("fold ", folding.fold(trial) + 1, " of ", folding.folds);
    if (folding.repeats > 1) {
        text += core::concat(", repeat ", folding.repeat(trial) + 1, " of ", folding.repeats);
    }
    return text;
}

std::string fold_in_brackets(const Folding& folding, TrialId trial) {
    if (!folding.any()) return {};
    return core::concat(" [permutation ", folding.permutation(trial), ", ",
                        fold_text(folding, trial), "]");
}

std::vector<TrialId> trials_of_permutations(const Folding& folding,
                                            const std::vector<TrialId>& permutations) {
    std::vector<TrialId> trials;
    trials.reserve(permutations.size() * folding.trials());
    for (const TrialId permutation : permutations) {
        for (std::uint64_t i = 0; i < folding.trials(); ++i) {
            trials.push_back(permutation * folding.trials() + i);
        }
    }
    return trials;
}

std::vector<std::vector<TrialId>> shared_by_fold(
    const Folding& folding, const std::vector<std::vector<TrialId>>& permutations) {
    std::vector<std::vector<TrialId>> shared;
    shared.reserve(permutations.size() * folding.trials());
    for (const auto& training : permutations) {
        for (std::uint64_t number = 0; number < folding.trials(); ++number) {
            auto& trials = shared.emplace_back();
            for (const TrialId permutation : training) {
                trials.push_back(permutation * folding.trials() + number);
            }
        }
    }
    return shared;
}

}  // namespace msunet::record
