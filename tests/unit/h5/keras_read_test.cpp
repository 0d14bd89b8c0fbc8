// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "h5/handle.hpp"
#include "h5/image.hpp"
#include "h5/text.hpp"
#include "msunet/core/error.hpp"
#include "support/reference.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

using testing::HasSubstr;

std::size_t elements(const KerasFile& file) {
    std::size_t count = 0;
    for (const auto& weight : file.weights()) {
        count += weight.values.size();
    }
    return count;
}

TEST(KerasRead, FilesOfKerasItself) {
    const KerasFile weights = read_keras_file(msunet::test::keras_start_file("initialWeights.h5"));
    const KerasFile whole = read_keras_file(msunet::test::keras_start_file("start.hdf5"));
    for (const KerasFile* file : {&weights, &whole}) {
        EXPECT_EQ(file->layers.size(), 63U);
        EXPECT_EQ(std::count_if(file->layers.begin(), file->layers.end(),
                                [](const KerasLayer& layer) { return !layer.weights.empty(); }),
                  46);
        EXPECT_EQ(file->weights().size(), 136U);
        EXPECT_EQ(elements(*file), 2399397U);
        EXPECT_EQ(file->attributes.at("keras_version"), "2.15.0");
        EXPECT_EQ(file->attributes.at("backend"), "tensorflow");
    }
    EXPECT_EQ(weights.weights(), whole.weights());
    EXPECT_FALSE(weights.model_config);
    EXPECT_THAT(whole.model_config.value(), HasSubstr("mouseSegUNET"));
    EXPECT_FALSE(whole.attributes.contains("training_config"));
    EXPECT_EQ(weights.layers[1].weights[0].name, "conv1_1/kernel:0");
    EXPECT_EQ(weights.layers[1].weights[0].shape, (std::vector<std::int64_t>{3, 3, 1, 32}));
}

/// A file with one layer whose only weight is written by `write`.
template <class Write>
KerasFile file_with(const test::Folder& folder, Write&& write) {
    {
        const Session session;
        const Handle file = create_in_memory();
        write_strings(file.get(), "layer_names", {"a"});
        const Handle group = create_group(file.get(), "a");
        write_strings(group.get(), "weight_names", {"w"});
        write(group.get());
        test::write_bytes(folder / "one.h5", image_of(file));
    }
    return read_keras_file(folder / "one.h5");
}

TEST(KerasRead, WeightsOfEveryFloatingType) {
    const test::Folder folder;
    const std::vector<double> doubles{0.5, -1.25, 3.0};
    const hsize_t extent = doubles.size();
    const std::vector<float> expected{0.5F, -1.25F, 3.0F};
    const auto big = file_with(folder, [&](hid_t group) {
        write_dataset(group, "w", H5T_NATIVE_DOUBLE, {&extent, 1}, doubles.data());
    });
    EXPECT_EQ(big.weights().at(0).values, expected);

    const std::vector<std::uint16_t> halves{0x3800, 0xBD00, 0x4200};  // IEEE half precision
    const auto small = file_with(folder, [&](hid_t group) {
        const Handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "H5Tcopy");
        valid(H5Tset_fields(half.get(), 15, 10, 5, 0, 10), "H5Tset_fields");
        valid(H5Tset_size(half.get(), 2), "H5Tset_size");
        valid(H5Tset_ebias(half.get(), 15), "H5Tset_ebias");
        write_dataset(group, "w", half.get(), {&extent, 1}, halves.data());
    });
    EXPECT_EQ(small.weights().at(0).values, expected);
}

TEST(KerasRead, LongListsAreSpreadOverSeveralAttributes) {
    const test::Folder folder;
    {
        const Session session;
        const Handle file = create_in_memory();
        write_strings(file.get(), "layer_names0", {"a", "b"});
        write_strings(file.get(), "layer_names1", {"c"});
        for (const char* name : {"a", "b", "c"}) {
            write_strings(create_group(file.get(), name).get(), "weight_names", {});
        }
        test::write_bytes(folder / "long.h5", image_of(file));
    }
    const KerasFile file = read_keras_file(folder / "long.h5");
    ASSERT_EQ(file.layers.size(), 3U);
    EXPECT_EQ(file.layers[2].name, "c");
}

// Keras 3 numbers layers within their class; "conv2d_10" comes after "conv2d_2".
TEST(KerasRead, LayersOfKeras3ComeClassByClass) {
    const test::Folder folder;
    const hsize_t extent = 1;
    {
        const Session session;
        const Handle file = create_in_memory();
        const Handle layers = create_group(file.get(), "layers");
        float value = 0;
        for (const char* name : {"conv2d", "conv2d_1", "conv2d_10", "conv2d_2", "dropout"}) {
            const Handle variables = create_group(create_group(layers.get(), name).get(), "vars");
            if (std::string(name) == "dropout") continue;
            write_text(variables.get(), "name", std::string("named_") + name);
            for (const char* weight : {"0", "1"}) {
                write_dataset(variables.get(), weight, H5T_NATIVE_FLOAT, {&extent, 1}, &value);
                ++value;
            }
        }
        test::write_bytes(folder / "m.weights.h5", image_of(file));
    }
    const KerasFile file = read_keras_file(folder / "m.weights.h5");
    EXPECT_TRUE(file.by_class);
    std::vector<float> values;
    for (const auto& weight : file.weights()) values.push_back(weight.values.at(0));
    EXPECT_EQ(values, (std::vector<float>{0, 1, 2, 3, 6, 7, 4, 5}));
    EXPECT_EQ(file.layers.at(3).name, "named_conv2d_10");
    EXPECT_EQ(file.weights().back().name, "named_conv2d_10/1");
}

// As h5py's lzf is: known to the program that wrote the file alone.
std::size_t copy_bytes(unsigned /*flags*/, std::size_t /*count*/, const unsigned* /*values*/,
                       std::size_t bytes, std::size_t* /*size*/, void** /*buffer*/) {
    return bytes;
}

TEST(KerasRead, AFilterThatIsNotHereIsNamed) {
    const test::Folder folder;
    constexpr H5Z_filter_t number = 32000;
    const auto write = [](hid_t group) {
        const H5Z_class2_t filter{H5Z_CLASS_T_VERS, number,  1,         1, "lzf",
                                  nullptr,          nullptr, copy_bytes};
        valid(H5Zregister(&filter), "H5Zregister");
        const hsize_t extent = 4;
        const float values[4] = {1, 2, 3, 4};
        const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "H5Screate_simple");
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "H5Pcreate");
        valid(H5Pset_chunk(creation.get(), 1, &extent), "H5Pset_chunk");
        valid(H5Pset_filter(creation.get(), number, 0, 0, nullptr), "H5Pset_filter");
        Handle data(H5Dcreate2(group, "w", H5T_NATIVE_FLOAT, space.get(), H5P_DEFAULT,
                               creation.get(), H5P_DEFAULT),
                    H5Dclose, "H5Dcreate");
        valid(H5Dwrite(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
              "H5Dwrite");
    };
    EXPECT_EQ(file_with(folder, write).weights().at(0).values.size(), 4U);
    valid(H5Zunregister(number), "H5Zunregister");
    try {
        static_cast<void>(read_keras_file(folder / "one.h5"));
        FAIL();
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("weight 'w' is compressed by the filter 'lzf'"));
    }
}

TEST(KerasRead, ErrorsNameTheFileAndTheReason) {
    const test::Folder folder;
    const auto expect_error = [](const std::filesystem::path& file, const std::string& reason) {
        try {
            static_cast<void>(read_keras_file(file));
            FAIL() << file;
        } catch (const core::InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(file.string()));
            EXPECT_THAT(error.what(), HasSubstr(reason));
        }
    };
    expect_error(folder / "missing.h5", "no such file");
    test::write_bytes(folder / "text.h5", std::vector<std::byte>(100, std::byte{'x'}));
    expect_error(folder / "text.h5", "file signature not found");
    {
        const Session session;
        const Handle file = create_in_memory();
        test::write_bytes(folder / "foreign.h5", image_of(file));
    }
    expect_error(folder / "foreign.h5", "layer_names");
    const hsize_t extent = 1;
    const std::int32_t value = 1;
    EXPECT_THROW(file_with(folder,
                           [&](hid_t group) {
                               write_dataset(group, "w", H5T_NATIVE_INT32, {&extent, 1}, &value);
                           }),
                 core::InputError);
}

TEST(KerasRead, AMessageShowsControlCharactersOfNoName) {
    const test::Folder folder;
    {
        const Session session;
        const Handle file = create_in_memory();
        write_strings(file.get(), "layer_names", {"a\x01\n"});
        test::write_bytes(folder / "odd.h5", image_of(file));
    }
    try {
        static_cast<void>(read_keras_file(folder / "odd.h5"));
        FAIL();
    } catch (const core::InputError& error) {
        const std::string text = error.what();
        EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](unsigned char c) {
            return std::iscntrl(c) != 0;
        })) << text;
    }
}

TEST(KerasRead, AFileThatClaimsTooMuchIsRefused) {
    const test::Folder folder;
    {
        const Session session;
        const Handle file = create_in_memory();
        // Each of them alone would do. They are claimed and not written.
        write_strings(file.get(), "layer_names", {"a"});
        const Handle group = create_group(file.get(), "a");
        write_strings(group.get(), "weight_names", {"w", "w"});
        const hsize_t extent = 20'000'000;
        const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "H5Screate_simple");
        const Handle claimed(H5Dcreate2(group.get(), "w", H5T_NATIVE_FLOAT, space.get(),
                                        H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                             H5Dclose, "H5Dcreate");
        test::write_bytes(folder / "large.h5", image_of(file));
    }
    try {
        static_cast<void>(read_keras_file(folder / "large.h5"));
        FAIL();
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'w' is far too large"));
    }
}

}  // namespace
}  // namespace msunet::h5
