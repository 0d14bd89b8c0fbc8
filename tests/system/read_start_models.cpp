// SPDX-License-Identifier: Apache-2.0
// read_start_models PROGRAM: reads start models as rank 0 of a sweep does, PROGRAM being the child
// process. Takes paths from stdin, one a line, and answers each in a line: "ok", or the exit code
// and the problems.

#include <iostream>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/unet/architecture.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    namespace h5 = msunet::h5;
    const auto wanted = msunet::unet::published_architecture().tensor_shapes();
    std::string file;
    while (std::getline(std::cin, file)) {
        try {
            static_cast<void>(
                h5::match_start_model(h5::read_keras_file_safely(file, argv[1]), wanted, file));
            std::cout << "ok" << std::endl;
        } catch (const msunet::core::Error& error) {
            std::cout << static_cast<int>(error.code()) << ' '
                      << msunet::core::join(error.problems(), " | ") << std::endl;
        }
    }
    return 0;
}
