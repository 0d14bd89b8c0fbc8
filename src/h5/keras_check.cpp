// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <iostream>

#include "h5/child_process.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"

namespace msunet::h5 {
namespace {

constexpr rlim_t processor_seconds = 3;
constexpr std::chrono::seconds wall_limit{120};

void limit_resource(decltype(RLIMIT_CPU) resource, rlim_t amount) {
    const rlimit limit{amount, amount};
    setrlimit(resource, &limit);
}

[[noreturn]] void throw_damaged(const std::filesystem::path& file, const std::string& reason) {
    throw core::InputError({.path = file,
                            .kind = "model",
                            .problem = "is damaged",
                            .why = reason,
                            .advice = "restore it from a copy"});
}

}  // namespace

int check_keras_file_main(const std::filesystem::path& file) {
    // The HDF5 library loops for ever on some damaged files and crashes on others.
    limit_resource(RLIMIT_CPU, processor_seconds);
    limit_resource(RLIMIT_CORE, 0);
    try {
        static_cast<void>(read_keras_file(file));
        return static_cast<int>(core::ExitCode::ok);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return static_cast<int>(core::ExitCode::input);
    }
}

KerasFile read_keras_file_safely(const std::filesystem::path& file,
                                 const std::filesystem::path& program) {
    const ChildOutcome outcome =
        run_child({program.string(), check_keras_file_command, file.string()}, wall_limit);
    if (outcome.timed_out) {
        throw_damaged(file, core::concat("reading it took longer than ", wall_limit.count(), " s"));
    }
    if (outcome.signal != 0) {
        throw_damaged(file,
                      core::concat("the HDF5 library failed on it: ", strsignal(outcome.signal)));
    }
    if (outcome.exit_code == static_cast<int>(core::ExitCode::input)) {
        throw core::InputError(std::string(core::trim(outcome.errors)));
    }
    if (outcome.exit_code != 0) {
        throw core::Error(
            core::ExitCode::failure,
            {.path = file,
             .kind = "the check of model",
             .problem = "could not run",
             .why = core::concat("exit code ", outcome.exit_code,
                                 outcome.errors.empty() ? "" : ": ", core::trim(outcome.errors))});
    }
    return read_keras_file(file);
}

}  // namespace msunet::h5
