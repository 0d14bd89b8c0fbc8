// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <set>

#include "h5/handle.hpp"
#include "h5/text.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"

namespace msunet::h5 {
namespace {

/// Elements of a whole file; the U-Net has 2.4 million. A damaged file may claim any number.
constexpr std::size_t most_elements = std::size_t{1} << 25;
constexpr int most_dimensions = 8;

/// `room`: elements that may still be read from the file.
core::NamedArray read_weight(hid_t group, const std::string& name, std::size_t& room) {
    const Handle dataset = open_dataset(group, name);
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
    const auto names = read_long_strings(root.get(), "layer_names");
    if (names.empty()) {
        throw LibraryError("it has no 'layer_names'");
    }
    std::size_t room = most_elements;
    for (const std::string& name : names) {
        const Handle group = open_group(root.get(), name);
        KerasLayer layer{name, {}};
        for (const std::string& weight : read_long_strings(group.get(), "weight_names")) {
            layer.weights.push_back(read_weight(group.get(), weight, room));
        }
        result.layers.push_back(std::move(layer));
    }
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
        throw core::InputError(
            core::concat("model ", core::quoted(file.string()),
                         " is not there (no such file), give the path of a Keras HDF5 file"));
    }
    try {
        const Handle access = file_access();
        const Handle open(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "H5Fopen");
        return read_open_file(open);
    } catch (const LibraryError& error) {
        throw core::InputError(core::concat("model ", core::quoted(file.string()),
                                            " can't be read (", error.what(),
                                            "), give a Keras HDF5 file: a whole model or weights"));
    }
}

}  // namespace msunet::h5
