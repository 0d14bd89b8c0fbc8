// SPDX-License-Identifier: Apache-2.0
#include "prepare/written_copies.hpp"

#include <string_view>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/nifti_writer.hpp"

namespace msunet::prepare {

std::string stem_of(const std::string& file_name) {
    const std::string lower = core::to_lower(file_name);
    for (const std::string_view extension : {".nii.gz", ".nii"}) {
        if (lower.ends_with(extension)) {
            return file_name.substr(0, file_name.size() - extension.size());
        }
    }
    return file_name;
}

std::string copy_name(const std::string& file_name, const imaging::AugmentedCopy& copy) {
    return core::concat(stem_of(file_name), "_augmented", copy.copy + 1);
}

void write_copy(const std::filesystem::path& folder, const Pair& pair,
                const imaging::AugmentedCopy& copy, const LoadedPair& loaded) {
    const auto data = folder / "data";
    const auto masks = folder / "masks";
    core::make_directories(data);
    core::make_directories(masks);
    io::write_on_scan(data / (copy_name(pair.data, copy) + ".nii"), loaded.head, loaded.volume);
    io::write_on_scan(masks / (copy_name(pair.mask, copy) + ".nii"), loaded.head, loaded.mask,
                      io::StoredAs::uint8);
}

}  // namespace msunet::prepare
