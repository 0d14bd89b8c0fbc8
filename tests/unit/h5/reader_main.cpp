// SPDX-License-Identifier: Apache-2.0
// The hidden command of the program, alone. A file named crash.h5 or spin.h5 shows what a file does
// on which the HDF5 library crashes or runs for ever.
#include <csignal>
#include <filesystem>
#include <string_view>

#include "msunet/h5/keras_file.hpp"

int main(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[1]) != msunet::h5::check_keras_file_command) {
        return 2;
    }
    const std::filesystem::path file = argv[2];
    const int code = msunet::h5::check_keras_file_main(file);
    if (file.filename() == "crash.h5") {
        std::raise(SIGSEGV);
    }
    for (volatile bool spin = file.filename() == "spin.h5"; spin;) {
    }
    return code;
}
