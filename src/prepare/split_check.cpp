// SPDX-License-Identifier: Apache-2.0
#include "prepare/split_check.hpp"

#include <array>
#include <map>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {

std::vector<std::string> lopsided_modalities(std::span<const Pair> pairs) {
    std::array<std::array<std::size_t, 2>, core::modality_count> counts{};
    std::array<std::size_t, 2> total{};
    for (const Pair& pair : pairs) {
        ++counts[static_cast<std::size_t>(pair.modality)][pair.validation ? 1 : 0];
        ++total[pair.validation ? 1 : 0];
    }
    if (total[0] == 0 || total[1] == 0) return {};
    std::vector<std::string> untrained;
    std::vector<std::string> unvalidated;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto [training, validation] = counts[i];
        const auto text = [&](std::size_t count) {
            return core::concat(core::modality_names[i], " (", core::counted(count, "scan"), ")");
        };
        if (training == 0 && validation > 0) untrained.push_back(text(validation));
        if (training > 0 && validation == 0) unvalidated.push_back(text(training));
    }
    std::vector<std::string> warnings;
    if (!untrained.empty()) {
        warnings.push_back(core::concat(
            "modalities in the validation data that the training data lack: ",
            core::join(untrained),
            "; choose -v, the order of the files or --split so that both parts have them"));
    }
    if (!unvalidated.empty()) {
        warnings.push_back(core::concat(
            "modalities without validation data: ", core::join(unvalidated),
            "; no Dice shows how well the model does on them; choose -v, the order of the files "
            "or --split so that both parts have them"));
    }
    return warnings;
}

std::vector<std::string> divided_subjects(std::span<const Pair> pairs) {
    std::map<std::string, std::array<std::size_t, 2>> counts;
    for (const Pair& pair : pairs) ++counts[pair.subject][pair.validation ? 1 : 0];
    std::vector<std::string> divided;
    for (const auto& [subject, scans] : counts) {
        const auto [training, validation] = scans;
        if (training == 0 || validation == 0) continue;
        divided.push_back(
            core::concat(core::quoted(subject), " (", training, " and ", validation, ")"));
    }
    if (divided.empty()) return {};
    return {
        core::concat(core::counted(std::ssize(divided), "subject has scans", "subjects have scans"),
                     " in the training and in the validation data, which makes validation "
                     "Dice too high: ",
                     core::joined_list(divided),
                     "; --split subjects keeps the scans of a subject together (if these are "
                     "no subjects, give --subject_pattern)")};
}

std::vector<std::string> leaked_scans(std::span<const Pair> pairs,
                                      std::span<const std::string> hashes) {
    std::map<std::string, const Pair*> training;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (!pairs[i].validation) training.emplace(hashes[i], &pairs[i]);
    }
    std::vector<std::string> leaks;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (!pairs[i].validation || hashes[i].empty()) continue;
        const auto same = training.find(hashes[i]);
        if (same == training.end()) continue;
        leaks.push_back(
            core::concat(core::quoted(pairs[i].data), " is ", core::quoted(same->second->data)));
    }
    if (leaks.empty()) return {};
    return {
        core::concat(core::counted(std::ssize(leaks), "validation scan is", "validation scans are"),
                     " in the training data, too (equal bytes), which makes validation Dice "
                     "too high: ",
                     core::joined_list(leaks), "; remove one of each")};
}

}  // namespace msunet::prepare
