// SPDX-License-Identifier: Apache-2.0
/// \file
/// The two folders: which files there are and which belong together.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/core/problem.hpp"

namespace msunet::prepare {

/// The scans of one folder.
struct Folder {
    std::filesystem::path path;
    std::vector<std::string> files;    ///< .nii and .nii.gz, in byte order
    std::vector<std::string> skipped;  ///< hidden files and other types, in byte order
};

/// Lists a folder (a trailing '/' is fine). `option` is how the user named it ("-tpath").
/// Throws core::InputError where it is missing, no folder, unreadable or holds no NIfTI file.
[[nodiscard]] Folder list_folder(const std::filesystem::path& path, const std::string& option);

/// A volume and its mask.
struct Pair {
    std::string data;  ///< file names without folder
    std::string mask;
    core::Modality modality{};  ///< as ModalityRule finds it
    bool validation = false;
    std::string subject{};  ///< the animal, see subject.hpp
    friend bool operator==(const Pair&, const Pair&) = default;
};

/// The pairs and what is wrong with them: problems end the run, warnings and notices do not.
struct Pairing {
    std::vector<Pair> pairs;
    std::vector<core::Problem> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> notices;
};

/// Where the modality of a pair comes from. In this order: `given`; a whole word in the name of the
/// mask, of the volume; a part of a word in the same names; the names of the two folders.
struct ModalityRule {
    std::optional<core::Modality> given{};  ///< --modality, for all pairs
    std::filesystem::path mask_folder{};    ///< empty: its name says nothing
    std::filesystem::path data_folder{};
    bool required = true;  ///< a mask without a modality is a problem; else it is anatomical
};

/// How messages name the two folders, and where all pairs can be seen.
struct FolderNames {
    std::string data = "-tpath";
    std::string masks = "-mpath";
    std::string where_pairs_are_listed = "--dry_run lists all pairs";
};

/// A file name in the form in which pairs are compared: lower case, without extension and the words
/// data, mask, image, img, label and seg, separators joined to one '_'.
[[nodiscard]] std::string pairing_key(std::string_view file_name);

/// The same without modalities: masks must carry one, volumes need not.
[[nodiscard]] std::string subject_key(std::string_view file_name);

/// Pairs the n-th volume with the n-th mask. Problems: counts that differ; crossed pairs (a name
/// whose counterpart has another place in the other folder, or pairs whose names say different
/// modalities); masks of unknown modality. One warning for other differences of names, one for a
/// split without validation data. A notice for modalities that no whole word of a mask's name says.
[[nodiscard]] Pairing pair_files(const std::vector<std::string>& data,
                                 const std::vector<std::string>& masks, double validation_split,
                                 const ModalityRule& modality = {}, const FolderNames& names = {});

/// How many of `files` pairs are validation: floor(files * split) in double.
[[nodiscard]] std::size_t validation_count(std::size_t files, double split);

}  // namespace msunet::prepare
