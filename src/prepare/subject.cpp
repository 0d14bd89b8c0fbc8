// SPDX-License-Identifier: Apache-2.0
#include "prepare/subject.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <regex>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace {

/// Of parts of data sets, and of modalities in BIDS's words.
constexpr std::array<std::string_view, 12> known_words{"train", "training", "valid", "validation",
                                                       "val",   "test",     "anat",  "t1w",
                                                       "t2w",   "dwi",      "bold",  "func"};
constexpr std::array<std::string_view, 4> session_words{"ses", "session", "run", "scan"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view word) { return std::ranges::all_of(word, is_digit); }

std::string_view without_digits(std::string_view word) {
    while (!word.empty() && is_digit(word.back())) word.remove_suffix(1);
    return word;
}

template <class Words>
bool is_one_of(const Words& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// Whether a word says nothing about the animal: "train", "augmented2".
bool is_known(std::string_view word) {
    return is_one_of(known_words, word) || without_digits(word) == "augmented";
}

/// "sub-01" of "sub-01_ses-2_T2w.nii"; nothing where the name does not begin so.
std::optional<std::string> bids_subject(const std::string& lower) {
    constexpr std::string_view entity = "sub-";
    if (!lower.starts_with(entity)) return std::nullopt;
    const auto end = std::min(lower.find_first_of("_.", entity.size()), lower.size());
    if (end == entity.size()) return std::nullopt;
    return lower.substr(0, end);
}

/// The words of the animal, without its sessions.
std::vector<std::string> subject_words(std::string_view file_name) {
    std::vector<std::string> words;
    bool is_identified = false;  // a word that ends in digits is there
    bool is_session = false;     // a word as "ses" asks for its number
    for (const std::string& word : core::split(subject_key(file_name), '_')) {
        if (word.empty() || is_known(word)) continue;
        if (is_one_of(session_words, without_digits(word))) {
            is_session = !is_digit(word.back());
            continue;
        }
        const bool left_out = is_number(word) && (is_session || is_identified);
        is_session = false;
        if (left_out) continue;
        is_identified = is_identified || is_digit(word.back());
        words.push_back(word);
    }
    return words;
}

[[noreturn]] void refuse(const std::string& pattern, const std::regex_error& error) {
    throw core::UsageError({.option = "--subject_pattern",
                            .got = pattern,
                            .problem = "is no regular expression that can be used",
                            .why = error.what(),
                            .advice = "give one as 'rs[0-9]+' or '^([^_]+)_'"});
}

std::regex compiled(const std::string& pattern) {
    try {
        return std::regex(pattern);
    } catch (const std::regex_error& error) {
        refuse(pattern, error);
    }
}

/// What `pattern` finds in a name; nothing where it does not match or matches no character.
std::optional<std::string> found_subject(const std::string& name, const std::regex& pattern) {
    std::smatch match;
    if (!std::regex_search(name, match, pattern)) return std::nullopt;
    std::string subject = match.str();
    for (std::size_t group = 1; group < match.size(); ++group) {
        if (!match[group].matched) continue;
        subject = match.str(group);
        break;
    }
    return subject.empty() ? std::nullopt : std::optional(subject);
}

/// Pairs in all and by modality.
using PairCounts = std::array<double, core::modality_count + 1>;

void add_pair(PairCounts& counts, const Pair& pair) {
    ++counts.front();
    ++counts[static_cast<std::size_t>(pair.modality) + 1];
}

/// Relative to what is wanted, so that a modality of few scans counts too.
double distance(const PairCounts& validation, const PairCounts& wanted) {
    double sum = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == 0) continue;
        sum += (validation[i] - wanted[i]) * (validation[i] - wanted[i]) / wanted[i];
    }
    return sum;
}

/// One animal's scans.
struct Subject {
    std::string name;
    PairCounts counts{};
    bool validation = false;
};

PairCounts sum_of(PairCounts counts, const PairCounts& more) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
    return counts;
}

/// All subjects, that with the last scan first.
std::vector<Subject> subjects_of(const std::vector<Pair>& pairs) {
    std::vector<Subject> subjects;
    for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
        auto subject = std::ranges::find(subjects, pair->subject, &Subject::name);
        if (subject == subjects.end()) {
            subject = subjects.insert(subjects.end(), {.name = pair->subject});
        }
        add_pair(subject->counts, *pair);
    }
    return subjects;
}

/// The next subject to become validation data, with the distance after that.
std::pair<Subject*, double> nearest(std::vector<Subject>& subjects, const PairCounts& validation,
                                    const PairCounts& wanted) {
    std::pair<Subject*, double> best{nullptr, std::numeric_limits<double>::infinity()};
    for (Subject& subject : subjects) {
        if (subject.validation) continue;
        const double after = distance(sum_of(validation, subject.counts), wanted);
        // Distances are sums of rounded products.
        constexpr double rounding = 1e-9;
        if (after < best.second - rounding) best = {&subject, after};
    }
    return best;
}

}  // namespace

std::string subject_of(std::string_view file_name) {
    if (auto subject = bids_subject(core::to_lower(file_name))) return *subject;
    const auto words = subject_words(file_name);
    if (!words.empty()) return core::join(std::span<const std::string>(words), "_");
    const std::string lower = core::to_lower(file_name);
    return lower.substr(0, lower.find(".nii"));
}

void check_subject_pattern(const std::string& pattern) { (void)compiled(pattern); }

std::vector<std::string> set_subjects(std::vector<Pair>& pairs,
                                      const std::optional<std::string>& pattern) {
    if (!pattern) {
        for (Pair& pair : pairs) pair.subject = subject_of(pair.data);
        return {};
    }
    std::vector<std::string> unmatched;
    const std::regex expression = compiled(*pattern);
    try {
        for (Pair& pair : pairs) {
            auto subject = found_subject(pair.data, expression);
            if (!subject) unmatched.push_back(pair.data);
            pair.subject = std::move(subject).value_or("");
        }
    } catch (const std::regex_error& error) {
        // Some patterns are found to be too complex only when they are applied.
        refuse(*pattern, error);
    }
    return unmatched;
}

void split_by_subjects(std::vector<Pair>& pairs, double split) {
    std::vector<Subject> subjects = subjects_of(pairs);
    PairCounts wanted{};
    for (const Pair& pair : pairs) add_pair(wanted, pair);
    for (double& share : wanted) share *= split;
    PairCounts validation{};
    const bool one_at_least = validation_count(pairs.size(), split) > 0;
    for (std::size_t chosen = 0; chosen + 1 < subjects.size(); ++chosen) {
        const auto [subject, after] = nearest(subjects, validation, wanted);
        const bool is_due = chosen == 0 && one_at_least;
        if (!one_at_least || (after >= distance(validation, wanted) && !is_due)) break;
        subject->validation = true;
        validation = sum_of(validation, subject->counts);
    }
    for (Pair& pair : pairs) {
        pair.validation = std::ranges::find(subjects, pair.subject, &Subject::name)->validation;
    }
}

}  // namespace msunet::prepare
