// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "msunet/core/modality_name.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/input.hpp"
#include "prepare/pair_modality.hpp"

namespace msunet::prepare {

namespace {

constexpr std::array<std::string_view, 6> neutral_words{"data", "mask",  "image",
                                                        "img",  "label", "seg"};

/// `name`, lower case, with the words cut out and separators joined to one '_'.
std::string without_words(std::string name, std::span<const std::string_view> words) {
    for (const std::string_view word : words) {
        for (auto at = name.find(word); at != std::string::npos; at = name.find(word, at)) {
            name.replace(at, word.size(), 1, '_');
        }
    }
    std::string key;
    for (const char c : name) {
        if (core::is_word_character(c)) {
            key += c;
        } else if (!key.empty() && key.back() != '_') {
            key += '_';
        }
    }
    if (key.ends_with('_')) key.pop_back();
    return key;
}

std::string pair_text(const Pair& pair) {
    return core::concat(core::quoted(pair.data), " with ", core::quoted(pair.mask));
}

std::vector<std::string> without_counterpart(const std::vector<std::string>& files,
                                             const std::set<std::string>& others) {
    std::vector<std::string> alone;
    for (const std::string& file : files) {
        if (!others.contains(pairing_key(file))) alone.push_back(file);
    }
    return alone;
}

std::set<std::string> keys_of(const std::vector<std::string>& files) {
    std::set<std::string> keys;
    for (const std::string& file : files) keys.insert(pairing_key(file));
    return keys;
}

/// Whether the names of a pair differ although one of them has its counterpart elsewhere.
class CrossedTest {
public:
    using Key = std::string (*)(std::string_view);

    CrossedTest(const std::vector<Pair>& pairs, Key key) : key_(key) {
        for (const Pair& pair : pairs) {
            data_.insert(key(pair.data));
            masks_.insert(key(pair.mask));
        }
    }
    bool operator()(const Pair& pair) const {
        const std::string data = key_(pair.data);
        const std::string mask = key_(pair.mask);
        return data != mask && (masks_.contains(data) || data_.contains(mask));
    }

private:
    Key key_;
    std::set<std::string> data_, masks_;
};

/// The name without extension, and the extension.
std::pair<std::string, std::string_view> split_extension(std::string_view file_name) {
    const std::string lower = core::to_lower(file_name);
    for (const std::string_view extension : {".nii.gz", ".nii"}) {
        if (!lower.ends_with(extension)) continue;
        return {std::string(file_name.substr(0, lower.size() - extension.size())), extension};
    }
    return {std::string(file_name), ""};
}

/// Names, in quotes, of which there is a packed and an unpacked file.
std::vector<std::string> packed_twice(const std::vector<std::string>& files) {
    std::map<std::string, std::set<std::string_view>> extensions;
    for (const std::string& file : files) {
        const auto [name, extension] = split_extension(file);
        extensions[name].insert(extension);
    }
    std::vector<std::string> twice;
    for (const auto& [name, found] : extensions) {
        if (found.size() > 1) twice.push_back(name);
    }
    return twice;
}

/// "'a' is there as .nii and .nii.gz"; empty: nothing is.
std::string packed_twice_text(const std::vector<std::string>& data,
                              const std::vector<std::string>& masks) {
    auto names = packed_twice(data);
    std::ranges::copy(packed_twice(masks), std::back_inserter(names));
    if (names.empty()) return {};
    return core::concat(core::name_list(names), names.size() == 1 ? " is" : " are",
                        " there as .nii and .nii.gz");
}

core::Problem counts_differ(const std::vector<std::string>& data,
                            const std::vector<std::string>& masks, const FolderNames& folders) {
    std::string text = core::concat(folders.data, " holds ", data.size(), " volumes but ",
                                    folders.masks, " ", masks.size(), " masks");
    const auto lonely_data = without_counterpart(data, keys_of(masks));
    const auto lonely_masks = without_counterpart(masks, keys_of(data));
    // Where no name has a counterpart, the names follow no common pattern.
    if (!lonely_data.empty() && lonely_data.size() < data.size()) {
        text += core::concat("; volumes without a mask: ", core::name_list(lonely_data));
    }
    if (!lonely_masks.empty() && lonely_masks.size() < masks.size()) {
        text += core::concat("; masks without a volume: ", core::name_list(lonely_masks));
    }
    if (const auto twice = packed_twice_text(data, masks); !twice.empty()) {
        return {.problem = core::concat(text, "; ", twice), .advice = "remove one"};
    }
    return {.problem = text,
            .advice = "; add or remove files until both folders hold the same number"};
}

void check_names(Pairing& pairing, const ModalityRule& rule, const FolderNames& folders) {
    const CrossedTest crossed_names(pairing.pairs, pairing_key);
    const CrossedTest crossed_subjects(pairing.pairs, subject_key);
    std::vector<std::string> crossed;
    std::vector<std::string> modalities;
    std::vector<std::string> different;
    for (const Pair& pair : pairing.pairs) {
        if (crossed_names(pair) || crossed_subjects(pair)) {
            crossed.push_back(pair_text(pair));
        } else if (!rule.given && modalities_differ(pair)) {
            modalities.push_back(pair_text(pair));
        } else if (pairing_key(pair.data) != pairing_key(pair.mask)) {
            different.push_back(pair_text(pair));
        }
    }
    if (!crossed.empty()) {
        pairing.problems.push_back(
            {.problem = core::concat("crossed pairs: ", core::joined_list(crossed)),
             .advice = "; the n-th volume belongs to the n-th mask in byte order, name the files "
                       "alike in both folders (numbers with leading zeros: m01, m10)"});
    }
    if (!modalities.empty()) {
        pairing.problems.push_back(
            {.problem =
                 core::concat("pairs of different modalities: ", core::joined_list(modalities)),
             .advice = "; name the files so that both folders have the same order"});
    }
    if (!different.empty()) {
        pairing.warnings.push_back(
            core::concat(different.size(), " of ", pairing.pairs.size(),
                         " pairs have names that differ, check that they belong together (",
                         folders.where_pairs_are_listed, "): ", core::joined_list(different)));
    }
}

/// The smallest number of files with at least one validation file.
std::size_t files_for_one(double split) {
    constexpr double beyond_any_folder = 1e12;
    auto files = static_cast<std::size_t>(std::min(1 / split, beyond_any_folder));
    if (files >= static_cast<std::size_t>(beyond_any_folder)) return files;
    while (files > 1 && validation_count(files - 1, split) > 0) --files;
    while (validation_count(files, split) == 0) ++files;
    return files;
}

}  // namespace

std::string pairing_key(std::string_view file_name) {
    return without_words(core::to_lower(split_extension(file_name).first), neutral_words);
}

std::string subject_key(std::string_view file_name) {
    return without_words(pairing_key(file_name), core::modality_names);
}

std::size_t validation_count(std::size_t files, double split) {
    return static_cast<std::size_t>(std::floor(static_cast<double>(files) * split));
}

Pairing pair_files(const std::vector<std::string>& data, const std::vector<std::string>& masks,
                   double validation_split, const ModalityRule& modality,
                   const FolderNames& names) {
    Pairing pairing;
    if (data.size() != masks.size()) pairing.problems.push_back(counts_differ(data, masks, names));
    const std::size_t count = std::min(data.size(), masks.size());
    const std::size_t first_validation = count - validation_count(count, validation_split);
    for (std::size_t i = 0; i < count; ++i) {
        pairing.pairs.push_back({.data = data[i],
                                 .mask = masks[i],
                                 .modality = core::Modality::anatomical,
                                 .validation = i >= first_validation});
    }
    set_modalities(pairing, masks, modality);
    if (data.size() == masks.size()) check_names(pairing, modality, names);
    if (validation_split > 0 && count > 0 && first_validation == count) {
        pairing.warnings.push_back(core::concat("no validation data: -v ", validation_split, " of ",
                                                count, " pairs is less than one, it takes ",
                                                files_for_one(validation_split),
                                                " pairs or a larger -v"));
    }
    return pairing;
}

}  // namespace msunet::prepare
