// SPDX-License-Identifier: Apache-2.0
#include "msunet/phantom/phantom.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/io/nifti_header.hpp"
#include "scanner.hpp"

namespace msunet::phantom {
namespace {

/// In the order of their names, so that plans are in the order of files.
constexpr std::array modalities{core::Modality::anatomical, core::Modality::dti,
                                core::Modality::fmri, core::Modality::noddi};

std::uint64_t seed_of(const PhantomOptions& options, std::uint32_t animal) {
    return core::derive_seed(static_cast<std::uint64_t>(options.seed),
                             {core::seed_label("phantom"), animal});
}

/// Files of a folder that the plan would not write.
std::vector<std::string> strangers(const std::filesystem::path& folder,
                                   const std::set<std::string>& known) {
    std::vector<std::string> names;
    if (!std::filesystem::exists(folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!known.contains(name)) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

void refuse_strangers(const std::filesystem::path& folder, const std::set<std::string>& known) {
    const std::vector<std::string> names = strangers(folder, known);
    if (names.empty()) return;
    throw core::UsageError(
        {.path = folder,
         .problem = "holds other files",
         .why = core::concat(core::quoted(names.front()), ", ", names.size(), " in all"),
         .advice = "choose another folder or empty it"});
}

/// The folder around `data` and `masks` may not be someone's experiment or scans.
void refuse_taken(const std::filesystem::path& folder) {
    std::vector<std::string> scans;
    for (const std::string& name : strangers(folder, {})) {
        if (name == "journal.jsonl") {
            throw core::UsageError({.path = folder,
                                    .problem = "is an experiment",
                                    .why = core::concat("it has a ", name),
                                    .advice = "choose another folder"});
        }
        if (io::is_nifti_name(name)) scans.push_back(name);
    }
    if (scans.empty()) return;
    throw core::UsageError(
        {.path = folder,
         .problem = "holds scans",
         .why = core::concat(core::quoted(scans.front()), ", ", scans.size(), " in all"),
         .advice = "choose another folder"});
}

}  // namespace

std::vector<ScanPlan> plan(const PhantomOptions& options) {
    const auto animals = static_cast<std::uint32_t>(options.animals);
    const double share = options.validation_share * animals;
    auto validation = static_cast<std::uint32_t>(std::floor(share + 1e-9));
    if (options.validation_share > 0 && animals > 1) validation = std::max(validation, 1U);
    validation = std::min(validation, animals - 1);
    const std::size_t digits = std::max<std::size_t>(2, std::to_string(animals).size());
    std::vector<ScanPlan> scans;
    for (std::uint32_t animal = 0; animal < animals; ++animal) {
        std::string number = std::to_string(animal + 1);
        number.insert(0, digits - number.size(), '0');
        for (const core::Modality modality : modalities) {
            ScanPlan scan;
            scan.animal = animal;
            scan.modality = modality;
            scan.validation = animal >= animals - validation;
            const std::string name = std::string(scan.validation ? "valid" : "train") + "_m" +
                                     number + "_" + std::string(core::name_of(modality));
            scan.data_file = name + "_data.nii";
            scan.mask_file = name + "_mask.nii";
            scans.push_back(scan);
        }
    }
    return scans;
}

Scan make_scan(const PhantomOptions& options, const ScanPlan& plan) {
    const std::uint64_t seed = seed_of(options, plan.animal);
    const Animal animal(seed);
    return scan(animal, protocol_of(plan.modality, options.scale),
                core::derive_seed(seed, {static_cast<std::uint64_t>(plan.modality) + 10}));
}

std::vector<ScanPlan> write(const PhantomOptions& options) {
    const std::filesystem::path folder = options.output;
    std::vector<ScanPlan> scans = plan(options);
    std::set<std::string> data;
    std::set<std::string> masks;
    for (const ScanPlan& scan : scans) {
        data.insert(scan.data_file);
        masks.insert(scan.mask_file);
    }
    for (const auto& written : {folder, folder / "data", folder / "masks"}) {
        core::try_folder(written, core::ExitCode::usage);
    }
    refuse_taken(folder);
    refuse_strangers(folder / "data", data);
    refuse_strangers(folder / "masks", masks);
    core::make_directories(folder / "data");
    core::make_directories(folder / "masks");
    for (const ScanPlan& item : scans) {
        const Protocol protocol = protocol_of(item.modality, options.scale);
        Scan scan = make_scan(options, item);
        for (float& voxel : scan.mask.voxels) voxel *= protocol.inside;
        io::write_frames(folder / "data" / item.data_file, scan.frames, protocol.stored);
        io::write_volume(folder / "masks" / item.mask_file, scan.mask, io::StoredAs::uint8);
    }
    return scans;
}

}  // namespace msunet::phantom
