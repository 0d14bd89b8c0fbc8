// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/nifti_header.hpp"
#include "msunet/io/other_formats.hpp"
#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

constexpr const char* give_folder = "give the folder that holds the .nii or .nii.gz files";

[[noreturn]] void refuse(const fs::path& path, const std::string& option, core::Problem problem) {
    problem.option = option;
    problem.path = path;
    problem.got = path;
    throw core::InputError(problem);
}

core::Problem no_scans_among(const std::vector<std::string>& others) {
    if (others.empty()) {
        return {.problem = "is empty", .advice = "put the .nii or .nii.gz files there"};
    }
    core::Problem problem{.problem = "holds no .nii or .nii.gz file"};
    if (auto advice = io::conversion_advice(others)) {
        problem.why = *std::move(advice);
    } else {
        problem.why =
            core::concat("but ", core::counted(std::ssize(others), "other entry", "other entries"));
        problem.advice = give_folder;
    }
    return problem;
}

}  // namespace

Folder list_folder(const fs::path& path, const std::string& option) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (path.empty() || status.type() == fs::file_type::not_found) {
        refuse(path, option, {.problem = "does not exist", .advice = give_folder});
    }
    if (!error && status.type() != fs::file_type::directory) {
        refuse(path, option, {.problem = "is no folder", .advice = give_folder});
    }
    Folder folder{.path = path, .files = {}, .skipped = {}};
    fs::directory_iterator entries(path, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        std::error_code ignored;
        const bool is_folder = entries->is_directory(ignored);
        if (name.front() == '.' || is_folder || !io::is_nifti_name(name)) {
            folder.skipped.push_back(is_folder ? name + "/" : name);
        } else {
            folder.files.push_back(name);
        }
    }
    if (error) {
        refuse(path, option,
               {.problem = "can't be read",
                .why = error.message(),
                .advice = "check its permissions"});
    }
    // std::string compares as unsigned bytes: the order that the guide calls alphanumeric.
    std::ranges::sort(folder.files);
    std::ranges::sort(folder.skipped);
    if (folder.files.empty()) refuse(path, option, no_scans_among(folder.skipped));
    return folder;
}

}  // namespace msunet::prepare
