// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which animal a scan shows, and splits that keep the scans of an animal together. Pure functions
/// of names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

/// The subject that a volume's file name says, in lower case.
///
/// BIDS: "sub-<label>" at the start of the name. Other names: the words that remain without
/// extension, modalities and the words that name a part of a data set or a kind of file (data,
/// mask, image, train, valid, test, augmented…). Numbers after a word that ends in digits are
/// sessions and left out ("rs01_2" is "rs01", but "mouse_2" is "mouse_2"), and so are the words
/// ses, session, run and scan with their numbers. If no word remains, the whole name without
/// extension.
[[nodiscard]] std::string subject_of(std::string_view file_name);

/// Throws core::UsageError for a pattern that is no regular expression.
void check_subject_pattern(const std::string& pattern);

/// Sets the subject of each pair by the name of its volume: by `pattern`, a regular expression
/// (ECMAScript) that is searched in it, the first group that took part in the match or the whole
/// match; without a pattern by `subject_of`.
/// Returns the names without a match. Throws core::UsageError for a pattern that is no regular
/// expression.
[[nodiscard]] std::vector<std::string> set_subjects(std::vector<Pair>& pairs,
                                                    const std::optional<std::string>& pattern);

/// Marks whole subjects as validation data. Of n pairs about n x `split` become validation data,
/// and of each modality about the same share: subjects are added one at a time, each time the one
/// after which Σ (validation - wanted)² / wanted, over all pairs and over those of each modality,
/// is least, as long as that lowers it; of equal ones that with the last scan by name. If
/// floor(n x split) is at least 1, at least one subject is validation data; at least one is
/// training data.
void split_by_subjects(std::vector<Pair>& pairs, double split);

}  // namespace msunet::prepare
