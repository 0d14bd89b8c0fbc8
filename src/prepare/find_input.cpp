// SPDX-License-Identifier: Apache-2.0
#include "prepare/find_input.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/inside.hpp"
#include "prepare/agreement.hpp"
#include "prepare/name_list.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

void check_options(const Request& request) {
    std::vector<std::string> problems;
    if (request.preprocess.contradictory()) {
        problems.emplace_back(
            "-ts (target_size) and -hspace or -vspace exclude each other (a new width or a new "
            "spacing), give one of them");
    }
    const auto& copies = request.augment.write_augmented;
    for (const auto& folder :
         {request.folders.training_data_path, request.folders.mask_data_path}) {
        if (!copies || !is_inside(*copies, folder)) continue;
        problems.push_back(core::concat("--write_augmented ", core::quoted(*copies),
                                        " lies in an input folder, which is never written to; "
                                        "give another folder"));
        break;
    }
    if (!problems.empty()) throw core::UsageError(std::move(problems));
}

std::optional<Folder> try_list(const fs::path& path, const std::string& option,
                               std::vector<std::string>& problems) {
    try {
        return list_folder(path, option);
    } catch (const core::InputError& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
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
    warnings.push_back(core::concat("skipped ", skipped.size(),
                                    skipped.size() == 1 ? " entry that is" : " entries that are",
                                    " hidden or no NIfTI files: ", joined_list(skipped)));
}

/// What rank 0 tells the others: texts one after another, each with its length.
std::string packed(const std::vector<std::vector<std::string>>& lists) {
    std::string text;
    for (const auto& list : lists) {
        text += core::concat(list.size(), "\n");
        for (const std::string& item : list) text += core::concat(item.size(), "\n", item);
    }
    return text;
}

std::vector<std::vector<std::string>> unpacked(std::string_view text, std::size_t count) {
    const auto number = [&] {
        const auto end = text.find('\n');
        const auto value = core::to_integer(text.substr(0, end)).value();
        text.remove_prefix(end + 1);
        return static_cast<std::size_t>(value);
    };
    std::vector<std::vector<std::string>> lists(count);
    for (auto& list : lists) {
        list.resize(number());
        for (std::string& item : list) {
            const std::size_t length = number();
            item = text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return lists;
}

}  // namespace

Input find_input(const Request& request, const comm::Communicator& ranks) {
    Input input{.data_folder = request.folders.training_data_path,
                .mask_folder = request.folders.mask_data_path,
                .data = {},
                .masks = {},
                .pairs = {},
                .findings = {}};
    std::vector<std::string> warnings;
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        check_options(request);
        std::vector<std::string> problems;
        auto data = try_list(input.data_folder, "-tpath", problems);
        auto masks = try_list(input.mask_folder, "-mpath", problems);
        if (!problems.empty()) throw core::InputError(std::move(problems));
        warn_of_skipped(*data, *masks, warnings);
        input.data = std::move(data->files);
        input.masks = std::move(masks->files);
    });
    auto lists = unpacked(ranks.broadcast(packed({input.data, input.masks, warnings})), 3);
    input.data = std::move(lists[0]);
    input.masks = std::move(lists[1]);
    Pairing pairing = pair_files(input.data, input.masks, request.split.validation_split);
    input.pairs = std::move(pairing.pairs);
    input.findings.problems = std::move(pairing.problems);
    input.findings.warnings = std::move(lists[2]);
    input.findings.warnings.insert(input.findings.warnings.end(), pairing.warnings.begin(),
                                   pairing.warnings.end());
    return input;
}

}  // namespace msunet::prepare
