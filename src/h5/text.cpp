// SPDX-License-Identifier: Apache-2.0
#include "h5/text.hpp"

#include <algorithm>
#include <cstring>

#include "h5/handle.hpp"

namespace msunet::h5 {
namespace {

// Far more than any list that Keras writes; a damaged file may claim any number.
constexpr hssize_t most_strings = 1 << 20;
constexpr std::size_t most_bytes = std::size_t{1} << 28;

Handle open_attribute(hid_t object, const std::string& name) {
    return {H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "H5Aopen"};
}

std::vector<std::string> read_fixed(const Handle& attribute, const Handle& type,
                                    std::size_t count) {
    const std::size_t size = H5Tget_size(type.get());
    if (size > most_bytes / count) {
        throw LibraryError("a list of texts is far too long");
    }
    std::vector<char> buffer(size * count);
    valid(H5Aread(attribute.get(), type.get(), buffer.data()), "H5Aread");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
        const char* text = buffer.data() + i * size;
        texts.emplace_back(text, strnlen(text, size));
    }
    return texts;
}

std::vector<std::string> read_variable(const Handle& attribute, const Handle& type,
                                       const Handle& space, std::size_t count) {
    std::vector<char*> pointers(count, nullptr);
    valid(H5Aread(attribute.get(), type.get(), static_cast<void*>(pointers.data())), "H5Aread");
    std::vector<std::string> texts;
    texts.reserve(count);
    for (const char* text : pointers) {
        texts.emplace_back(text == nullptr ? "" : text);
    }
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, static_cast<void*>(pointers.data()));
    return texts;
}

Handle fixed_string_type(std::size_t size) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "H5Tcopy");
    valid(H5Tset_size(type.get(), std::max<std::size_t>(size, 1)), "H5Tset_size");
    valid(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "H5Tset_strpad");
    valid(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
    return type;
}

void write_attribute(hid_t object, const std::string& name, const Handle& type, const Handle& space,
                     const std::string& bytes) {
    const Handle attribute(
        H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, "H5Acreate");
    valid(H5Awrite(attribute.get(), type.get(), bytes.data()), "H5Awrite");
}

herr_t collect_name(hid_t /*object*/, const char* name, const H5A_info_t* /*info*/, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

}  // namespace

std::vector<std::string> read_strings(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    const Handle type(H5Aget_type(attribute.get()), H5Tclose, "H5Aget_type");
    const Handle space(H5Aget_space(attribute.get()), H5Sclose, "H5Aget_space");
    const hssize_t count = valid(H5Sget_simple_extent_npoints(space.get()), "H5Sget_extent");
    if (H5Tget_class(type.get()) != H5T_STRING || count == 0) {
        return {};
    }
    if (count > most_strings) {
        throw LibraryError("the list '" + name + "' is far too long");
    }
    if (valid(H5Tis_variable_str(type.get()), "H5Tis_variable_str") > 0) {
        return read_variable(attribute, type, space, static_cast<std::size_t>(count));
    }
    return read_fixed(attribute, type, static_cast<std::size_t>(count));
}

std::vector<std::string> read_long_strings(hid_t object, const std::string& name) {
    if (has_attribute(object, name)) {
        return read_strings(object, name);
    }
    std::vector<std::string> all;
    for (int part = 0; has_attribute(object, name + std::to_string(part)); ++part) {
        const auto texts = read_strings(object, name + std::to_string(part));
        all.insert(all.end(), texts.begin(), texts.end());
    }
    return all;
}

std::map<std::string, std::string> read_texts(hid_t object) {
    std::vector<std::string> names;
    hsize_t position = 0;
    valid(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, collect_name, &names),
          "H5Aiterate");
    std::map<std::string, std::string> texts;
    for (const std::string& name : names) {
        const Handle attribute = open_attribute(object, name);
        const Handle space(H5Aget_space(attribute.get()), H5Sclose, "H5Aget_space");
        if (H5Sget_simple_extent_ndims(space.get()) == 0) {
            for (auto& text : read_strings(object, name)) {
                texts.emplace(name, std::move(text));
            }
        }
    }
    return texts;
}

bool has_attribute(hid_t object, const std::string& name) {
    return valid(H5Aexists(object, name.c_str()), "H5Aexists") > 0;
}

void write_text(hid_t object, const std::string& name, const std::string& text) {
    const Handle type = fixed_string_type(text.size());
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "H5Screate");
    write_attribute(object, name, type, space, text);
}

void write_strings(hid_t object, const std::string& name, const std::vector<std::string>& texts) {
    std::size_t longest = 1;
    for (const std::string& text : texts) {
        longest = std::max(longest, text.size());
    }
    std::string bytes;
    for (const std::string& text : texts) {
        bytes += text;
        bytes.append(longest - text.size(), '\0');
    }
    const hsize_t count = texts.size();
    const Handle type = fixed_string_type(longest);
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "H5Screate_simple");
    write_attribute(object, name, type, space, bytes);
}

}  // namespace msunet::h5
