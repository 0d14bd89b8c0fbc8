// SPDX-License-Identifier: Apache-2.0
#include "h5/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::h5 {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_error_bytes = 65536;

[[noreturn]] void fail(const std::string& what, int error_number) {
    throw core::FileError("can't run", what, error_number);
}

/// A pipe whose ends close with it.
struct Pipe {
    std::array<int, 2> ends{-1, -1};

    explicit Pipe(const std::string& program) {
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            fail(program, errno);
        }
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void close_end(std::size_t end) {
        if (ends[end] >= 0) {
            ::close(ends[end]);
            ends[end] = -1;
        }
    }
};

pid_t spawn(const std::vector<std::string>& arguments, int error_descriptor) {
    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, error_descriptor, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error_descriptor, STDERR_FILENO);
    pid_t child = -1;
    const int failed = posix_spawn(&child, words.front(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        fail(arguments.front(), failed);
    }
    return child;
}

/// Reads until the writer has closed or the deadline has passed; false if it passed.
bool read_until(int descriptor, Clock::time_point deadline, std::string& text) {
    std::array<char, 4096> buffer{};
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            return false;
        }
        pollfd waiting{descriptor, POLLIN, 0};
        const int ready = poll(&waiting, 1, static_cast<int>(left));
        if (ready == 0 || (ready < 0 && errno == EINTR)) {
            continue;
        }
        const ssize_t count = read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return true;
        }
        if (text.size() < most_error_bytes) {
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }
}

}  // namespace

ChildOutcome run_child(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
    Pipe errors(arguments.front());
    const pid_t child = spawn(arguments, errors.ends[1]);
    errors.close_end(1);
    ChildOutcome outcome;
    outcome.timed_out = !read_until(errors.ends[0], Clock::now() + limit, outcome.errors);
    if (outcome.timed_out) {
        kill(child, SIGKILL);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        outcome.signal = WTERMSIG(status);
    } else {
        outcome.exit_code = WEXITSTATUS(status);
    }
    return outcome;
}

}  // namespace msunet::h5
