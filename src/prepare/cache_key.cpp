// SPDX-License-Identifier: Apache-2.0
#include "prepare/cache_key.hpp"

#include <system_error>

#include "msunet/core/hash.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "prepare/cache_format.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

/// Options as they take effect, so that a default given on the command line is the same data set.
imaging::PreprocessOptions effective(imaging::PreprocessOptions options) {
    options.slice_axis = options.axis_of_slices();
    if (options.by_spacing()) {
        options.horizontal_interpolation_spacing = options.horizontal();
        options.interlayer_interpolation_spacing = options.interlayer();
    } else {
        options.target_size = options.target();
    }
    return options;
}

/// Version, seed, options and modalities, which may come from an option or a folder's name.
core::Hasher hash_of(const Request& request, const Inventory& inventory) {
    core::TextCollector collector;
    auto folders = request.folders;
    auto preprocess = effective(request.preprocess);
    auto slices = request.slices;
    auto augment = request.augment;
    auto split = request.split;
    auto patches = request.patches;
    describe(collector, folders);
    describe(collector, preprocess);
    describe(collector, slices);
    describe(collector, augment);
    describe(collector, split);
    describe(collector, patches);

    core::Hasher hasher;
    hasher.text("msunet data set").integer(cache_format_version).integer(request.seed);
    for (const core::OptionText& option : collector.texts()) {
        if (option.affects != core::Affects::data) continue;
        hasher.text(option.name).text(option.text);
    }
    for (const std::string& modality : inventory.modalities()) hasher.text(modality);
    return hasher;
}

/// Begins the names of data sets of this version.
std::string prefix() { return core::concat("dataset_v", cache_format_version, "_"); }

/// Whether the name of a file in `folder` meets a condition.
template <class Condition>
bool holds(const fs::path& folder, Condition&& condition) {
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        if (condition(entries->path().filename().string())) return true;
    }
    return false;
}

}  // namespace

fs::path DataSetName::in(const fs::path& folder) const {
    return folder / core::concat(prefix(), outline, "_", key, ".h5");
}

DataSetName name_of(const Request& request, const Inventory& inventory) {
    return {.outline = cache_outline(request, inventory), .key = cache_key(request, inventory)};
}

bool holds_outline(const fs::path& folder, const std::string& outline) {
    const std::string begin = core::concat(prefix(), outline, "_");
    return holds(folder, [&](const std::string& name) { return name.starts_with(begin); });
}

bool is_of_older_format(const std::string& file_name) {
    return file_name.starts_with("dataset_") && file_name.ends_with(".h5") &&
           !file_name.starts_with(prefix());
}

bool holds_older_formats(const fs::path& folder) { return holds(folder, is_of_older_format); }

std::string cache_key(const Request& request, const Inventory& inventory) {
    core::Hasher hasher = hash_of(request, inventory);
    for (const InputFile& file : inventory.inputs()) hasher.text(file.name).text(file.hash);
    return hasher.hex();
}

std::string cache_outline(const Request& request, const Inventory& inventory) {
    core::Hasher hasher = hash_of(request, inventory);
    for (const InputFile& file : inventory.inputs()) hasher.text(file.name);
    for (const std::uint64_t size : inventory.sizes()) hasher.integer(size);
    constexpr std::size_t digits = 16;
    return hasher.hex().substr(0, digits);
}

}  // namespace msunet::prepare
