// SPDX-License-Identifier: Apache-2.0
/// \file
/// Slices with the manual mask and the best model's prediction, for report.html.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// A prepared slice, rows top to bottom.
struct SlicePicture {
    std::string scan;
    core::Modality modality = core::Modality::anatomical;
    std::int64_t slice = 0;   ///< from 1, among the slices that preprocessing kept of the scan
    std::int64_t slices = 0;  ///< how many it kept
    double dice = 0;          ///< of this slice, prediction above 0.5 against the manual mask
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> gray;        ///< height x width
    std::vector<std::uint8_t> mask;        ///< height x width, 0 or 1
    std::vector<std::uint8_t> prediction;  ///< height x width, 0 or 1

    bool operator==(const SlicePicture&) const = default;
};

/// How well a slice was predicted.
struct SliceScore {
    std::size_t scan = 0;
    std::int64_t slice = 0;  ///< position within the scan
    double dice = 0;
};

/// Indices of at most `count` slices to show, worst first: the worst of each scan, then others that
/// are not their neighbours. Ties go to the lower scan and slice.
[[nodiscard]] std::vector<std::size_t> worst_slices(const std::vector<SliceScore>& scores,
                                                    std::size_t count);

/// Name of the file with a trial's pictures, in its folder.
inline constexpr const char* pictures_file_name = "pictures.json";

/// Pictures as JSON text and back. Reading throws core::InputError on damaged text.
[[nodiscard]] std::string pictures_to_json(const std::vector<SlicePicture>& pictures);
[[nodiscard]] std::vector<SlicePicture> pictures_from_json(std::string_view text);

/// The best trial's pictures in the experiment `folder`, if it has any. Warns of a file that can't
/// be read.
[[nodiscard]] std::vector<SlicePicture> read_pictures(const std::filesystem::path& folder,
                                                      const record::SweepRecord& record);

}  // namespace msunet::report
