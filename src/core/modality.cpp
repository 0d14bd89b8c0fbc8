// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/modality.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/modality_name.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

constexpr std::array<std::pair<std::string_view, Modality>, 6> bids_words{
    {{"t1w", Modality::anatomical},
     {"t2w", Modality::anatomical},
     {"anat", Modality::anatomical},
     {"dwi", Modality::dti},
     {"bold", Modality::fmri},
     {"func", Modality::fmri}}};

/// The words of a name in lower case.
std::vector<std::string> words_of(const std::string& lower) {
    std::vector<std::string> words(1);
    for (const char c : lower) {
        if (is_word_character(c)) {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    return words;
}

std::optional<Modality> bids_modality(const std::vector<std::string>& words) {
    std::optional<Modality> found;
    for (const std::string& word : words) {
        const auto known = std::ranges::find(bids_words, std::string_view(word),
                                             [](const auto& entry) { return entry.first; });
        if (known != bids_words.end()) found = known->second;
    }
    return found;
}

}  // namespace

std::optional<NamedModality> modality_in(std::string_view name) {
    const std::string lower = to_lower(name);
    const auto words = words_of(lower);
    for (std::size_t i = 0; i < modality_count; ++i) {
        if (std::ranges::find(words, modality_names[i]) != words.end()) {
            return NamedModality{.modality = static_cast<Modality>(i)};
        }
    }
    if (const auto found = bids_modality(words)) return NamedModality{.modality = *found};
    for (std::size_t i = 0; i < modality_count; ++i) {
        if (lower.find(modality_names[i]) != std::string::npos) {
            return NamedModality{.modality = static_cast<Modality>(i), .whole_word = false};
        }
    }
    return std::nullopt;
}

std::optional<Modality> modality_of(std::string_view file_name) {
    const auto found = modality_in(file_name);
    return found ? std::optional(found->modality) : std::nullopt;
}

}  // namespace msunet::core
