// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "h5/handle.hpp"
#include "h5/links.hpp"
#include "h5/text.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"

namespace msunet::h5 {
namespace {

/// Elements of a whole file; the U-Net has 2.4 million. A damaged file may claim any number.
constexpr std::size_t most_elements = std::size_t{1} << 25;
constexpr int most_dimensions = 8;

/// Throws if the dataset needs a plug-in filter that is not installed.
void check_filters(const Handle& dataset, const std::string& name) {
    const Handle creation(H5Dget_create_plist(dataset.get()), H5Pclose, "H5Dget_create_plist");
    const int count = valid(H5Pget_nfilters(creation.get()), "H5Pget_nfilters");
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0;
        std::size_t values = 0;
        std::array<char, 64> text{};
        const H5Z_filter_t id =
            valid(H5Pget_filter2(creation.get(), static_cast<unsigned>(i), &flags, &values, nullptr,
                                 text.size(), text.data(), nullptr),
                  "H5Pget_filter");
        if (valid(H5Zfilter_avail(id), "H5Zfilter_avail") > 0) continue;
        text.back() = '\0';
        std::string filter = text.data();
        std::ranges::replace_if(
            filter, [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
        throw LibraryError(core::concat(
            "weight ", core::quoted(name), " is compressed by the filter ", core::quoted(filter),
            " (number ", id,
            "), a plug-in of HDF5 that is not here: write the file again without compression or "
            "with gzip"));
    }
}

/// `room`: elements that may still be read from the file.
core::NamedArray read_weight(hid_t group, const std::string& name, std::size_t& room) {
    const Handle dataset = open_dataset(group, name);
    check_filters(dataset, name);
    const Handle type(H5Dget_type(dataset.get()), H5Tclose, "H5Dget_type");
    if (H5Tget_class(type.get()) != H5T_FLOAT) {
        throw LibraryError(core::concat("weight ", core::quoted(name), " is not floating-point"));
    }
    const Handle space(H5Dget_space(dataset.get()), H5Sclose, "H5Dget_space");
    const int dimensions = valid(H5Sget_simple_extent_ndims(space.get()), "H5Sget_extent");
    std::vector<hsize_t> extent(static_cast<std::size_t>(dimensions));
    valid(H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr), "H5Sget_extent");
    core::NamedArray array{name, {extent.begin(), extent.end()}, {}};
    std::size_t elements = 1;
    for (const hsize_t length : extent) {
        elements = length > room ? room + 1 : elements * length;
        if (dimensions > most_dimensions || elements > room) {
            throw LibraryError(core::concat("weight ", core::quoted(name), " is far too large"));
        }
    }
    room -= elements;
    array.values.resize(elements);
    valid(H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                  array.values.data()),
          "H5Dread");
    return array;
}

std::vector<KerasLayer> read_named_layers(hid_t root) {
    const auto names = read_long_strings(root, "layer_names");
    if (names.empty()) {
        throw LibraryError("it has no 'layer_names'");
    }
    std::vector<KerasLayer> layers;
    std::size_t room = most_elements;
    for (const std::string& name : names) {
        const Handle group = open_group(root, name);
        KerasLayer layer{name, {}};
        for (const std::string& weight : read_long_strings(group.get(), "weight_names")) {
            layer.weights.push_back(read_weight(group.get(), weight, room));
        }
        layers.push_back(std::move(layer));
    }
    return layers;
}

/// "conv2d_10" as ("conv2d", 10); the first of a class has no number.
std::pair<std::string, std::int64_t> class_and_number(const std::string& name) {
    const auto line = name.rfind('_');
    const auto number =
        line == std::string::npos ? std::nullopt : core::to_integer(name.substr(line + 1));
    return number ? std::pair{name.substr(0, line), *number} : std::pair{name, std::int64_t{0}};
}

/// The layers of Keras 3, class by class.
std::vector<KerasLayer> read_numbered_layers(hid_t root) {
    std::vector<std::string> names = link_names(root);
    std::ranges::sort(names, {}, class_and_number);
    std::vector<KerasLayer> layers;
    std::size_t room = most_elements;
    for (const std::string& name : names) {
        const Handle group = open_group(root, name);
        if (!has_link(group.get(), "vars")) continue;
        const Handle variables = open_group(group.get(), "vars");
        KerasLayer layer{name, {}};
        const auto texts = read_texts(variables.get());
        if (const auto given = texts.find("name"); given != texts.end()) layer.name = given->second;
        for (int i = 0; has_link(variables.get(), std::to_string(i)); ++i) {
            layer.weights.push_back(read_weight(variables.get(), std::to_string(i), room));
            layer.weights.back().name = core::concat(layer.name, '/', i);
        }
        layers.push_back(std::move(layer));
    }
    return layers;
}

KerasFile read_open_file(const Handle& file) {
    KerasFile result;
    result.attributes = read_texts(file.get());
    if (const auto config = result.attributes.find("model_config");
        config != result.attributes.end()) {
        result.model_config = config->second;
        result.attributes.erase(config);
    }
    result.attributes.erase("training_config");

    const bool whole = has_link(file.get(), "model_weights");
    const Handle root = open_group(file.get(), whole ? "model_weights" : "/");
    const bool is_list =
        has_attribute(root.get(), "layer_names") || has_attribute(root.get(), "layer_names0");
    // Some files of Keras 2.12 and 2.13 use the second name.
    for (const char* layers : {"layers", "_layer_checkpoint_dependencies"}) {
        if (is_list || !has_link(root.get(), layers)) continue;
        const Handle group = open_group(root.get(), layers);
        result.layers = read_numbered_layers(group.get());
        result.by_class = true;
        return result;
    }
    result.layers = read_named_layers(root.get());
    return result;
}

}  // namespace

std::vector<core::NamedArray> KerasFile::weights() const {
    std::vector<core::NamedArray> all;
    for (const KerasLayer& layer : layers) {
        all.insert(all.end(), layer.weights.begin(), layer.weights.end());
    }
    return all;
}

KerasFile read_keras_file(const std::filesystem::path& file) {
    const Session session;
    if (!std::filesystem::is_regular_file(file)) {
        throw core::InputError({.path = file,
                                .kind = "model",
                                .problem = "is not there",
                                .why = "no such file",
                                .advice = "give the path of a Keras HDF5 file"});
    }
    try {
        const Handle access = file_access();
        const Handle open(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "H5Fopen");
        return read_open_file(open);
    } catch (const LibraryError& error) {
        throw core::InputError({.path = file,
                                .kind = "model",
                                .problem = "can't be read",
                                .why = error.what(),
                                .advice = "give a Keras HDF5 file: a whole model or weights"});
    }
}

}  // namespace msunet::h5
