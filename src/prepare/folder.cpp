// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/nifti_header.hpp"
#include "msunet/io/other_formats.hpp"
#include "msunet/prepare/input.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& path, const std::string& option, std::string_view reason) {
    throw core::InputError(
        {.option = option, .path = path, .got = path, .problem = std::string(reason)});
}

}  // namespace

Folder list_folder(const fs::path& path, const std::string& option) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (path.empty() || status.type() == fs::file_type::not_found) {
        refuse(path, option, "does not exist, give the folder that holds the scans");
    }
    if (!error && status.type() != fs::file_type::directory) {
        refuse(path, option, "is no folder, give the folder that holds the scans");
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
               core::concat("can't be read (", error.message(), "), check its permissions"));
    }
    // std::string compares as unsigned bytes: the order that the guide calls alphanumeric.
    std::ranges::sort(folder.files);
    std::ranges::sort(folder.skipped);
    if (folder.files.empty()) {
        const auto advice = io::conversion_advice(folder.skipped);
        refuse(path, option,
               advice ? core::concat("holds no .nii or .nii.gz file (", *advice, ")")
               : folder.skipped.empty()
                   ? "is empty, put the .nii or .nii.gz files there"
                   : core::concat("holds no .nii or .nii.gz file (but ", folder.skipped.size(),
                                  " other entries), give the folder that holds the scans"));
    }
    return folder;
}

}  // namespace msunet::prepare
