// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/other_formats.hpp"

#include <algorithm>
#include <array>

#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

struct OtherFormat {
    std::string_view ending;  ///< of a name; of a name as a whole where `is_name`
    bool is_name;
    std::string_view what;
    std::string_view advice;
};

constexpr std::string_view bruker = "part of a Bruker (ParaVision) data set";
constexpr std::string_view bruker_advice =
    "convert the study to NIfTI, e.g. with BrkRaw (`brkraw tonii`) or Bru2Nii";
constexpr std::string_view analyze = "an Analyze file or one half of a NIfTI pair";
constexpr std::string_view afni = "an AFNI file";
constexpr std::string_view afni_advice = "convert it with AFNI's `3dAFNItoNIFTI`";
constexpr std::string_view itk_advice = "convert it to .nii, e.g. with 3D Slicer or ITK-SNAP";

constexpr std::array formats{
    OtherFormat{".hdr", false, analyze, analyze_advice},
    OtherFormat{".img", false, analyze, analyze_advice},
    OtherFormat{".hdr.gz", false, analyze, analyze_advice},
    OtherFormat{".img.gz", false, analyze, analyze_advice},
    OtherFormat{"2dseq", true, bruker, bruker_advice},
    OtherFormat{"visu_pars", true, bruker, bruker_advice},
    OtherFormat{"acqp", true, bruker, bruker_advice},
    OtherFormat{"method", true, bruker, bruker_advice},
    OtherFormat{"fid", true, bruker, bruker_advice},
    OtherFormat{"pdata/", true, bruker, bruker_advice},
    OtherFormat{".dcm", false, "a DICOM file", "convert its series with `dcm2niix`"},
    OtherFormat{".head", false, afni, afni_advice},
    OtherFormat{".brik", false, afni, afni_advice},
    OtherFormat{".mgz", false, "a FreeSurfer file", "convert it with FreeSurfer's `mri_convert`"},
    OtherFormat{".mnc", false, "a MINC file", "convert it with `mnc2nii`"},
    OtherFormat{".nrrd", false, "an NRRD file", itk_advice},
    OtherFormat{".mha", false, "a MetaImage file", itk_advice},
    OtherFormat{".mhd", false, "a MetaImage file", itk_advice}};

}  // namespace

std::optional<std::string> conversion_advice(std::string_view name) {
    const std::size_t folder = name.find_last_of('/', name.empty() ? 0 : name.size() - 2);
    const std::string lower =
        core::to_lower(folder == std::string_view::npos ? name : name.substr(folder + 1));
    const auto* format = std::ranges::find_if(formats, [&](const OtherFormat& known) {
        return known.is_name ? lower == known.ending : lower.ends_with(known.ending);
    });
    if (format == formats.end()) return std::nullopt;
    return core::concat(core::quoted(name), " is ", format->what, ", ", format->advice);
}

std::optional<std::string> conversion_advice(std::span<const std::string> names) {
    for (const std::string& name : names) {
        if (auto advice = conversion_advice(name)) return advice;
    }
    return std::nullopt;
}

}  // namespace msunet::io
