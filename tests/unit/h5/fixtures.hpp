// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "msunet/h5/keras_file.hpp"

namespace msunet::h5::test {

/// A folder that goes with the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "msunet-h5-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// An array whose element i is sin(i + start), so that every bit of the mantissa is in use.
inline core::NamedArray array(const std::string& name, std::vector<std::int64_t> shape,
                              double start) {
    core::NamedArray result{name, std::move(shape), {}};
    for (std::int64_t i = 0; i < core::element_count(result.shape); ++i) {
        result.values.push_back(static_cast<float>(std::sin(static_cast<double>(i) + start)));
    }
    return result;
}

/// The same without signs, as variances are.
inline core::NamedArray variances(const std::string& name, std::vector<std::int64_t> shape,
                                  double start) {
    core::NamedArray result = array(name, std::move(shape), start);
    for (float& value : result.values) value = std::abs(value);
    return result;
}

/// A small network: an input, a convolution, its normalisation.
inline std::vector<KerasLayer> small_layers() {
    return {
        {"input_1", {}},
        {"conv", {array("conv/kernel:0", {2, 2, 1, 3}, 1), array("conv/bias:0", {3}, 2)}},
        {"conv_bn",
         {array("conv_bn/gamma:0", {3}, 3), array("conv_bn/beta:0", {3}, 4),
          array("conv_bn/moving_mean:0", {3}, 5), variances("conv_bn/moving_variance:0", {3}, 6)}}};
}

inline std::vector<core::NamedArray> flat(const std::vector<KerasLayer>& layers) {
    return KerasFile{layers, {}, {}}.weights();
}

inline void write_bytes(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

}  // namespace msunet::h5::test
