// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/try_folder.hpp"

#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace fs = std::filesystem;

void try_folder(const std::filesystem::path& path, ExitCode code) {
    std::error_code ignored;
    const fs::path wanted = fs::absolute(path);
    fs::path existing = wanted;
    fs::path missing;
    // A link that leads nowhere is there: no folder can be made in its place.
    while (!fs::exists(fs::symlink_status(existing, ignored)) && existing.has_relative_path()) {
        missing = existing.filename() / missing;
        existing = existing.parent_path();
    }
    const char* action = existing == wanted ? "can't write to" : "can't make the folder";
    if (!fs::is_directory(existing, ignored)) throw FileError(action, path, ENOTDIR, code);
    const fs::path probe = existing / concat(".msunet_probe.", unique_suffix());
    std::optional<int> problem;
    try {
        make_directories(probe / missing);
        AtomicFile(probe / missing / "file").write(std::string_view("probe"));
    } catch (const FileError& error) {
        problem = error.error_number();
    }
    fs::remove_all(probe, ignored);
    if (problem) throw FileError(action, path, *problem, code);
}

}  // namespace msunet::core
