// SPDX-License-Identifier: Apache-2.0
// The program: one top-level catch, everything else is in the commands.

#include <exception>
#include <string>
#include <vector>

#include "commands.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/log.hpp"

int main(int argc, char** argv) {
    using msunet::core::ExitCode;
    namespace log = msunet::core::log;
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        return static_cast<int>(msunet::app::run_program(arguments));
    } catch (const msunet::core::Error& error) {
        for (const auto& problem : error.problems()) log::error(problem);
        return static_cast<int>(error.code());
    } catch (const std::bad_alloc&) {
        log::error("out of memory, give the job more or use a smaller -ts or batch_size");
    } catch (const std::exception& error) {
        log::error(msunet::core::failure_text(error));
    }
    return static_cast<int>(ExitCode::failure);
}
