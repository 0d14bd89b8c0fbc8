// SPDX-License-Identifier: Apache-2.0
#include "h5/image.hpp"

namespace msunet::h5 {
namespace {

constexpr std::size_t growth = std::size_t{4} << 20;

Handle memory_access() {
    Handle access = file_access();
    valid(H5Pset_fapl_core(access.get(), growth, false), "H5Pset_fapl_core");
    return access;
}

}  // namespace

Handle create_in_memory() {
    const Handle access = memory_access();
    const Handle creation = file_creation();
    return {H5Fcreate("memory", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose,
            "H5Fcreate"};
}

std::vector<std::byte> image_of(const Handle& file) {
    valid(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "H5Fflush");
    const auto size = valid(H5Fget_file_image(file.get(), nullptr, 0), "H5Fget_file_image");
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    valid(H5Fget_file_image(file.get(), bytes.data(), bytes.size()), "H5Fget_file_image");
    return bytes;
}

Handle open_in_memory(std::span<const std::byte> image) {
    const Handle access = memory_access();
    // HDF5 copies the image, but its interface requires a pointer to non-constant memory.
    valid(H5Pset_file_image(access.get(), const_cast<std::byte*>(image.data()), image.size()),
          "H5Pset_file_image");
    return {H5Fopen("memory", H5F_ACC_RDONLY, access.get()), H5Fclose, "H5Fopen"};
}

void write_dataset(hid_t parent, const std::string& name, hid_t type,
                   std::span<const hsize_t> extent, const void* values) {
    const Handle creation = dataset_creation();
    const Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                       H5Sclose, "H5Screate_simple");
    const Handle dataset(H5Dcreate2(parent, name.c_str(), type, space.get(), H5P_DEFAULT,
                                    creation.get(), H5P_DEFAULT),
                         H5Dclose, "H5Dcreate");
    if (H5Sget_simple_extent_npoints(space.get()) > 0) {
        valid(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "H5Dwrite");
    }
}

}  // namespace msunet::h5
