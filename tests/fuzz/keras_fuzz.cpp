// SPDX-License-Identifier: Apache-2.0
// Our layer over Keras files. The HDF5 library itself crashes on some damaged files; the program
// survives this by reading in a child process. Here every file is a valid HDF5 file, whose groups,
// attributes, datasets and types are chosen by the fuzzer's bytes, so every finding is in our code.
#include <fuzzer/FuzzedDataProvider.h>
#include <hdf5.h>

#include <array>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/unet/architecture.hpp"

namespace {

using namespace msunet;

constexpr std::size_t most_layers = 6;
constexpr std::size_t longest_name = 12;

/// The names that the reader searches, and a few others.
std::string a_name(FuzzedDataProvider& bytes) {
    static const std::vector<std::string> names{
        "a",  "b",        "a/kernel:0", "layer_names", "a/b/c",     "model_weights",
        "..", "kernel:0", "/",          "conv1_1",     "a/../b/c:0"};
    const auto choice = bytes.ConsumeIntegralInRange<std::size_t>(0, names.size());
    return choice < names.size() ? names[choice] : bytes.ConsumeBytesAsString(longest_name);
}

hid_t a_string_type(FuzzedDataProvider& bytes) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, bytes.ConsumeBool() ? H5T_VARIABLE
                                          : bytes.ConsumeIntegralInRange<std::size_t>(1, 20));
    H5Tset_strpad(type, static_cast<H5T_str_t>(bytes.ConsumeIntegralInRange(0, 2)));
    H5Tset_cset(type, bytes.ConsumeBool() ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    return type;
}

hid_t a_type(FuzzedDataProvider& bytes) {
    switch (bytes.ConsumeIntegralInRange(0, 8)) {
        case 0:
            return H5Tcopy(H5T_IEEE_F64BE);
        case 1:
            return H5Tcopy(H5T_STD_I32LE);
        case 2:
            return a_string_type(bytes);
        case 3:
            return H5Tvlen_create(H5T_NATIVE_INT);
        case 4: {
            const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
            H5Tset_fields(half, 15, 10, 5, 0, 10);
            H5Tset_size(half, 2);
            H5Tset_ebias(half, 15);
            return half;
        }
        case 5: {
            const hid_t compound = H5Tcreate(H5T_COMPOUND, 8);
            H5Tinsert(compound, "re", 0, H5T_NATIVE_FLOAT);
            H5Tinsert(compound, "im", 4, H5T_NATIVE_FLOAT);
            return compound;
        }
        default:
            return H5Tcopy(H5T_IEEE_F32LE);
    }
}

hid_t a_space(FuzzedDataProvider& bytes, int most_dimensions, hsize_t longest) {
    const int dimensions = bytes.ConsumeIntegralInRange(-1, most_dimensions);
    if (dimensions < 0) return H5Screate(H5S_NULL);
    if (dimensions == 0) return H5Screate(H5S_SCALAR);
    std::vector<hsize_t> extent;
    for (int i = 0; i < dimensions; ++i) {
        extent.push_back(bytes.ConsumeIntegralInRange<hsize_t>(0, longest));
    }
    return H5Screate_simple(dimensions, extent.data(), nullptr);
}

/// Names as a list of strings: one element each, of fixed or variable length.
void write_names(hid_t object, const std::string& attribute, const std::vector<std::string>& names,
                 FuzzedDataProvider& bytes) {
    const hid_t type = a_string_type(bytes);
    const hsize_t count = names.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t made = H5Acreate2(object, attribute.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (H5Tis_variable_str(type) > 0) {
        std::vector<const char*> pointers;
        for (const auto& name : names) pointers.push_back(name.c_str());
        H5Awrite(made, type, static_cast<const void*>(pointers.data()));
    } else {
        const std::size_t length = H5Tget_size(type);
        std::string cells;
        for (const auto& name : names) {
            cells += name.substr(0, length);
            cells.append(length - std::min(length, name.size()), '\0');
        }
        H5Awrite(made, type, cells.data());
    }
    H5Aclose(made);
    H5Sclose(space);
    H5Tclose(type);
}

/// An attribute of any type and shape, without content.
void make_attribute(hid_t object, const std::string& name, FuzzedDataProvider& bytes) {
    const hid_t type = a_type(bytes);
    const hid_t space = a_space(bytes, 2, 5);
    const hid_t made = H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Aclose(made);
    H5Sclose(space);
    H5Tclose(type);
}

void list_names(hid_t object, const std::string& attribute, const std::vector<std::string>& names,
                FuzzedDataProvider& bytes) {
    switch (bytes.ConsumeIntegralInRange(0, 5)) {
        case 0:
            return make_attribute(object, attribute, bytes);
        case 1:
            // Keras splits long lists.
            write_names(object, attribute + "0", names, bytes);
            return write_names(object, attribute + "1", names, bytes);
        default:
            return write_names(object, attribute, names, bytes);
    }
}

void make_dataset(hid_t group, const std::string& name, hid_t links, FuzzedDataProvider& bytes) {
    const hid_t type = a_type(bytes);
    // Large datasets are declared but not written: the library fills them in when they are read.
    const hid_t space = a_space(bytes, 9, bytes.ConsumeBool() ? 4 : hsize_t{1} << 40);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER);
    const hid_t made = H5Dcreate2(group, name.c_str(), type, space, links, layout, H5P_DEFAULT);
    if (made >= 0) H5Dclose(made);
    H5Pclose(layout);
    H5Sclose(space);
    H5Tclose(type);
}

void make_layer(hid_t root, const std::string& name, hid_t links, FuzzedDataProvider& bytes) {
    const hid_t group = H5Gcreate2(root, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0) return;
    std::vector<std::string> weights;
    for (auto count = bytes.ConsumeIntegralInRange(0, 3); count > 0; --count) {
        weights.push_back(a_name(bytes));
        if (bytes.ConsumeBool()) {
            make_dataset(group, weights.back(), links, bytes);
        } else if (bytes.ConsumeBool()) {
            H5Lcreate_soft(a_name(bytes).c_str(), group, weights.back().c_str(), links,
                           H5P_DEFAULT);
        }
    }
    list_names(group, "weight_names", weights, bytes);
    H5Gclose(group);
}

void write_file(const std::filesystem::path& path, FuzzedDataProvider& bytes) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const bool whole = bytes.ConsumeBool();
    const hid_t root = whole ? H5Gcreate2(file, "model_weights", links, H5P_DEFAULT, H5P_DEFAULT)
                             : H5Gopen2(file, "/", H5P_DEFAULT);
    if (bytes.ConsumeBool()) make_attribute(file, "keras_version", bytes);
    if (bytes.ConsumeBool()) make_attribute(file, "model_config", bytes);
    std::vector<std::string> layers;
    for (auto count = bytes.ConsumeIntegralInRange<std::size_t>(0, most_layers); count > 0;
         --count) {
        layers.push_back(a_name(bytes));
        if (bytes.ConsumeBool()) make_layer(root, layers.back(), links, bytes);
    }
    list_names(root, "layer_names", layers, bytes);
    H5Gclose(root);
    H5Pclose(links);
    H5Fclose(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    static const auto wanted = unet::published_architecture().tensor_shapes();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const auto file = folder.file("model.h5");
    FuzzedDataProvider bytes(data, size);
    write_file(file, bytes);
    fuzz::expect_answer([&] {
        const auto model = h5::read_keras_file(file);
        (void)h5::match_start_model(model, wanted, file);
    });
    return 0;
}
