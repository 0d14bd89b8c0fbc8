// SPDX-License-Identifier: Apache-2.0
/// \file
/// Formats of scans that are not read: advice on how to convert them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace msunet::io {

/// How Analyze files and pairs of .hdr and .img become NIfTI files.
inline constexpr std::string_view analyze_advice =
    "convert it to one .nii file, e.g. with `fslchfiletype NIFTI` of FSL or "
    "nibabel.save(nibabel.load('a.hdr'), 'a.nii')";

/// What a file or folder is by its name, and how it is converted: "'a.hdr' is an Analyze file or
/// half of a NIfTI pair, convert it …". Nothing for names of no such format.
[[nodiscard]] std::optional<std::string> conversion_advice(std::string_view name);

/// The same for the first of `names`, of a folder's entries, that has one; folders end in '/'.
[[nodiscard]] std::optional<std::string> conversion_advice(std::span<const std::string> names);

}  // namespace msunet::io
