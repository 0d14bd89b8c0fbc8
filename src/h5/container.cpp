// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/container.hpp"

#include "h5/handle.hpp"
#include "h5/image.hpp"
#include "h5/links.hpp"
#include "h5/text.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"

namespace msunet::h5 {
namespace {

// The file is an HDF5 file followed by a trailer: this mark and the hash of all bytes before it.
// HDF5 ignores what follows its own end. The hash is verified before HDF5 opens the file, because
// HDF5 may crash on damaged files.
constexpr std::string_view mark = "msunet01";
constexpr std::size_t hash_length = 32;
constexpr std::size_t trailer_length = mark.size() + hash_length;

constexpr const char* arrays_group = "arrays";
constexpr const char* texts_group = "texts";

std::string hash_of(std::span<const std::byte> bytes) {
    core::Hasher hasher;
    hasher.bytes(bytes);
    return hasher.hex();
}

template <class T>
hid_t file_type() {
    if constexpr (std::is_same_v<T, float>) {
        return H5T_IEEE_F32LE;
    } else if constexpr (std::is_same_v<T, double>) {
        return H5T_IEEE_F64LE;
    } else {
        return H5T_STD_U64LE;
    }
}

void write_flat(hid_t group, const std::string& name, hid_t type, std::size_t count,
                const void* values) {
    const hsize_t extent = count;
    write_dataset(group, name, type, {&extent, 1}, values);
}

std::size_t length_of(const Handle& dataset) {
    const Handle space(H5Dget_space(dataset.get()), H5Sclose, "H5Dget_space");
    return static_cast<std::size_t>(
        valid(H5Sget_simple_extent_npoints(space.get()), "H5Sget_extent"));
}

template <class T>
std::vector<T> read_flat(const Handle& dataset, hid_t type) {
    std::vector<T> values(length_of(dataset));
    if (!values.empty()) {
        valid(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              "H5Dread");
    }
    return values;
}

Array read_array(const Handle& dataset) {
    const Handle type(H5Dget_type(dataset.get()), H5Tclose, "H5Dget_type");
    if (H5Tget_class(type.get()) == H5T_INTEGER) {
        return read_flat<std::uint64_t>(dataset, H5T_NATIVE_UINT64);
    }
    if (H5Tget_size(type.get()) == sizeof(float)) {
        return read_flat<float>(dataset, H5T_NATIVE_FLOAT);
    }
    return read_flat<double>(dataset, H5T_NATIVE_DOUBLE);
}

Container read_image(std::span<const std::byte> image) {
    const Session session;
    const Handle file = open_in_memory(image);
    Container container;
    const Handle arrays = open_group(file.get(), arrays_group);
    for (const std::string& name : link_names(arrays.get())) {
        container.arrays.emplace(name, read_array(open_dataset(arrays.get(), name)));
    }
    const Handle texts = open_group(file.get(), texts_group);
    for (const std::string& name : link_names(texts.get())) {
        const auto bytes = read_flat<char>(open_dataset(texts.get(), name), H5T_NATIVE_CHAR);
        container.texts.emplace(name, std::string(bytes.begin(), bytes.end()));
    }
    return container;
}

template <class T>
const std::vector<T>& array_of(const Container& container, std::string_view name) {
    const auto found = container.arrays.find(name);
    if (found == container.arrays.end() || !std::holds_alternative<std::vector<T>>(found->second)) {
        throw core::InputError({.kind = "array",
                                .key = std::string(name),
                                .problem = "is missing or of another type"});
    }
    return std::get<std::vector<T>>(found->second);
}

}  // namespace

const std::vector<float>& Container::floats(std::string_view name) const {
    return array_of<float>(*this, name);
}

const std::vector<double>& Container::doubles(std::string_view name) const {
    return array_of<double>(*this, name);
}

const std::vector<std::uint64_t>& Container::integers(std::string_view name) const {
    return array_of<std::uint64_t>(*this, name);
}

const std::string& Container::text(std::string_view name) const {
    const auto found = texts.find(name);
    if (found == texts.end()) {
        throw core::InputError({.kind = "text", .key = std::string(name), .problem = "is missing"});
    }
    return found->second;
}

void write_container(const std::filesystem::path& file,
                     const std::map<std::string, ArrayView, std::less<>>& arrays,
                     const std::map<std::string, std::string, std::less<>>& texts) {
    std::vector<std::byte> image;
    {
        const Session session;
        const Handle memory = create_in_memory();
        const Handle arrays_here = create_group(memory.get(), arrays_group);
        for (const auto& [name, view] : arrays) {
            std::visit(
                [&, &key = name](auto values) {
                    using Element = std::remove_cv_t<typename decltype(values)::element_type>;
                    write_flat(arrays_here.get(), key, file_type<Element>(), values.size(),
                               values.data());
                },
                view);
        }
        const Handle texts_here = create_group(memory.get(), texts_group);
        for (const auto& [name, text] : texts) {
            write_flat(texts_here.get(), name, H5T_STD_U8LE, text.size(), text.data());
        }
        image = image_of(memory);
    }
    const std::string trailer = core::concat(mark, hash_of(image));
    core::AtomicFile out(file);
    out.write(image);
    out.write(trailer);
    out.commit();
}

Container read_container(const std::filesystem::path& file) {
    const std::string content = core::read_file(file);
    const auto bytes = std::as_bytes(std::span<const char>(content));
    const std::size_t length =
        content.size() < trailer_length ? 0 : content.size() - trailer_length;
    const std::string_view trailer = std::string_view(content).substr(length);
    if (length == 0 || !trailer.starts_with(mark) ||
        trailer.substr(mark.size()) != hash_of(bytes.first(length))) {
        throw core::InputError({.path = file,
                                .kind = "file",
                                .problem = "is damaged",
                                .why = "its content does not match its checksum",
                                .advice = "remove it"});
    }
    try {
        return read_image(bytes.first(length));
    } catch (const LibraryError& error) {
        throw core::InputError({.path = file,
                                .kind = "file",
                                .problem = "is unreadable",
                                .why = error.what(),
                                .advice = "remove it"});
    }
}

}  // namespace msunet::h5
