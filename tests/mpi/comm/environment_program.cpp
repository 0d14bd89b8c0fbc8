// SPDX-License-Identifier: Apache-2.0
/// \file
/// environment_program [throw]: starts and ends MPI as the program's main does. With "throw" the
/// last rank leaves by an exception while the others wait for it; none may wait for ever.
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/environment.hpp"

namespace {

int run(int argc, char** argv) {
    const msunet::comm::Environment environment(argc, argv);
    const auto world = msunet::comm::Communicator::world();
    const auto part = world.split(world.rank() % 2);
    if (argc > 1 && std::string_view(argv[1]) == "throw" && world.rank() == world.size() - 1) {
        throw std::runtime_error("thrown on the last rank");
    }
    const auto sum = world.all_reduce(std::int64_t{1}, msunet::comm::Operation::sum);
    const bool right = sum == world.size() && !world.is_without_mpi() &&
                       msunet::comm::Environment::active() && part.size() >= world.size() / 2;
    if (right && world.is_root()) {
        std::cout << "all " << sum << " ranks\n";
    }
    return right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const int code = run(argc, argv);
        return msunet::comm::Environment::active() ? 3 : code;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 4;
    }
}
