// SPDX-License-Identifier: Apache-2.0
#include "prepare/find_input.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/other_formats.hpp"
#include "msunet/prepare/folds.hpp"
#include "prepare/agreement.hpp"
#include "prepare/exchange.hpp"
#include "prepare/split_check.hpp"
#include "prepare/subject.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

void check_options(const Request& request) {
    std::vector<core::Problem> problems;
    if (request.preprocess.contradictory()) {
        problems.push_back({.option = "-ts",
                            .problem = "(target_size) and -hspace or -vspace exclude each other",
                            .why = "a new width or a new spacing",
                            .advice = "give one of them"});
    }
    std::error_code ignored;
    if (fs::equivalent(request.folders.training_data_path, request.folders.mask_data_path,
                       ignored)) {
        problems.push_back({.option = "-tpath",
                            .path = request.folders.training_data_path,
                            .problem = "and -mpath are the same folder",
                            .advice = "give scans and masks in a folder each"});
    }
    if (const auto& pattern = request.split.subject_pattern) check_subject_pattern(*pattern);
    const std::vector<std::string> inputs{request.folders.training_data_path,
                                          request.folders.mask_data_path};
    const auto check = [&](const char* option, const fs::path& named, const fs::path& written) {
        auto problem = core::output_in_input(option, named, written, inputs);
        if (problem) problems.push_back(std::move(*problem));
    };
    if (const auto& copies = request.augment.write_augmented) {
        for (const fs::path& folder : folders_of_copies(*copies)) {
            check("--write_augmented", *copies, folder);
        }
    }
    if (!request.cache_folder.empty()) {
        check("--cache", request.cache_folder, request.cache_folder);
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

std::optional<Folder> try_list(const fs::path& path, const std::string& option,
                               std::vector<core::Problem>& problems) {
    try {
        return list_folder(path, option);
    } catch (const core::InputError& error) {
        problems.insert(problems.end(), error.data().begin(), error.data().end());
        return std::nullopt;
    }
}

void warn_of_skipped(const Folder& data, const Folder& masks, std::vector<std::string>& warnings) {
    std::vector<std::string> skipped;
    for (const Folder* folder : {&data, &masks}) {
        for (const std::string& name : folder->skipped) {
            skipped.push_back(core::quoted((folder->path / name).string()));
        }
    }
    if (skipped.empty()) return;
    warnings.push_back(
        core::concat("skipped ",
                     core::counted(std::ssize(skipped), "entry that is hidden or no NIfTI file",
                                   "entries that are hidden or no NIfTI files"),
                     ": ", core::joined_list(skipped)));
    for (const Folder* folder : {&data, &masks}) {
        const auto advice = io::conversion_advice(folder->skipped);
        if (advice) warnings.push_back(core::concat("not read: ", *advice));
    }
}

/// What rank 0 found in the folders.
struct Listing {
    std::vector<std::string> data;
    std::vector<std::string> masks;
    std::vector<std::string> warnings;
};

template <class Archive, codec::Is<Listing> T>
void fields(Archive& archive, T& value) {
    archive("data", value.data);
    archive("masks", value.masks);
    archive("warnings", value.warnings);
}

/// Lists both folders. Throws core::InputError with the problems of both.
Listing list_folders(const Request& request) {
    std::vector<core::Problem> problems;
    auto data = try_list(request.folders.training_data_path, "-tpath", problems);
    auto masks = try_list(request.folders.mask_data_path, "-mpath", problems);
    if (!problems.empty()) throw core::InputError(problems);
    Listing listing;
    warn_of_skipped(*data, *masks, listing.warnings);
    listing.data = std::move(data->files);
    listing.masks = std::move(masks->files);
    return listing;
}

/// Sets the subjects, and with --split subjects which pairs are validation data.
void assign_subjects(Pairing& pairing, const data::SplitOptions& split) {
    const auto unmatched = set_subjects(pairing.pairs, split.subject_pattern);
    if (!unmatched.empty()) {
        pairing.problems.push_back(
            {.option = "--subject_pattern",
             .got = *split.subject_pattern,
             .problem =
                 core::concat("finds no subject in ", core::counted(std::ssize(unmatched), "name"),
                              ": ", core::name_list(unmatched)),
             .advice = "; give one that matches every volume's name"});
        return;
    }
    if (split.folds) {
        // Before files are read: whether there are enough subjects.
        (void)plan_folds(pairing.pairs, *split.folds, 1, 0);
        return;
    }
    if (split.split == data::Split::guide) {
        std::ranges::move(divided_subjects(pairing.pairs), std::back_inserter(pairing.warnings));
        return;
    }
    split_by_subjects(pairing.pairs, split.validation_split);
    if (std::ranges::none_of(pairing.pairs, &Pair::validation) &&
        validation_count(pairing.pairs.size(), split.validation_split) > 0) {
        pairing.warnings.push_back(core::concat(
            "no validation data: --split subjects needs two subjects, but all scans are of ",
            core::quoted(pairing.pairs.front().subject),
            "; --subject_pattern says how names tell the subject"));
    }
}

}  // namespace

Input find_input(const Request& request, const comm::Communicator& ranks) {
    Listing listing;
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        check_options(request);
        listing = list_folders(request);
    });
    listing = broadcast_value(ranks, listing);
    Pairing pairing = pair_files(listing.data, listing.masks, request.split.validation_split,
                                 {.given = request.folders.modality,
                                  .mask_folder = request.folders.mask_data_path,
                                  .data_folder = request.folders.training_data_path});
    assign_subjects(pairing, request.split);
    Input input{.data_folder = request.folders.training_data_path,
                .mask_folder = request.folders.mask_data_path,
                .data = std::move(listing.data),
                .masks = std::move(listing.masks),
                .pairs = std::move(pairing.pairs),
                .findings = {.problems = std::move(pairing.problems),
                             .warnings = std::move(listing.warnings)},
                .notices = std::move(pairing.notices)};
    std::ranges::move(pairing.warnings, std::back_inserter(input.findings.warnings));
    std::ranges::move(lopsided_modalities(input.pairs),
                      std::back_inserter(input.findings.warnings));
    return input;
}

}  // namespace msunet::prepare
