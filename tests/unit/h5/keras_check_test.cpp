// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"
#include "unit/h5/fixtures.hpp"

namespace msunet::h5 {
namespace {

using testing::HasSubstr;

constexpr const char* reader = MSUNET_TEST_READER;

class KerasCheck : public testing::Test {
protected:
    // Where a sanitizer watches, its finding in HDF5 is the death of the child; leaks are not.
    void SetUp() override {
        setenv("ASAN_OPTIONS", "handle_segv=0:detect_leaks=0:abort_on_error=1", 1);
    }
    void TearDown() override { unsetenv("ASAN_OPTIONS"); }
};

std::string input_error(const std::filesystem::path& file) {
    try {
        static_cast<void>(read_keras_file_safely(file, reader));
    } catch (const core::InputError& error) {
        return error.what();
    }
    return "no error";
}

TEST_F(KerasCheck, ASoundFileIsRead) {
    const test::Folder folder;
    write_keras_weights(folder / "w.h5", test::small_layers());
    EXPECT_EQ(read_keras_file_safely(folder / "w.h5", reader).weights(),
              test::flat(test::small_layers()));
}

TEST_F(KerasCheck, TheReasonComesFromTheChild) {
    const test::Folder folder;
    test::write_bytes(folder / "text.h5", std::vector<std::byte>(100, std::byte{'x'}));
    EXPECT_THAT(input_error(folder / "text.h5"), HasSubstr("file signature not found"));
    EXPECT_THAT(input_error(folder / "missing.h5"), HasSubstr("no such file"));
}

TEST_F(KerasCheck, TheDeathOfTheChildIsAnInputError) {
    const test::Folder folder;
    write_keras_weights(folder / "crash.h5", test::small_layers());
    EXPECT_THAT(input_error(folder / "crash.h5"), HasSubstr("Segmentation fault"));
}

TEST_F(KerasCheck, AChildThatSpinsIsEnded) {
    const test::Folder folder;
    write_keras_weights(folder / "spin.h5", test::small_layers());
    EXPECT_THAT(input_error(folder / "spin.h5"), HasSubstr("is damaged"));
}

TEST_F(KerasCheck, AProgramThatDoesNotRunIsNotTheFilesFault) {
    const test::Folder folder;
    write_keras_weights(folder / "w.h5", test::small_layers());
    for (const char* program : {"/no/such/program", "/bin/false"}) {
        try {
            static_cast<void>(read_keras_file_safely(folder / "w.h5", program));
            FAIL() << program;
        } catch (const core::Error& error) {
            EXPECT_EQ(error.code(), core::ExitCode::failure);
        }
    }
}

// The HDF5 library crashes or hangs on some of these; we must not.
TEST_F(KerasCheck, RandomDamageIsReadOrRefused) {
    const test::Folder folder;
    const auto sound = keras_model_image(test::small_layers(), "{}");
    core::RandomStream random(20240219);
    int refused = 0;
    for (int trial = 0; trial < 150; ++trial) {
        auto bytes = sound;
        for (auto changes = 1 + random.below(4); changes > 0; --changes) {
            bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
        }
        if (trial % 10 == 0) {
            bytes.resize(random.below(bytes.size()));
        }
        test::write_bytes(folder / "damaged.h5", bytes);
        try {
            static_cast<void>(read_keras_file_safely(folder / "damaged.h5", reader));
        } catch (const core::InputError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 15);
}

}  // namespace
}  // namespace msunet::h5
