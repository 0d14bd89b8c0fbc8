// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/fault.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

constexpr std::array<std::string_view, 6> kinds{"crash",   "exception", "hang",
                                                "suspend", "full_disk", "out_of_memory"};

struct Fault {
    std::string point;
    std::string kind;
    std::atomic<std::int64_t> passages_left{0};
};

Fault& armed() {
    static Fault fault;
    return fault;
}

[[noreturn]] void hang() {
    while (true) ::pause();
}

}  // namespace

bool detail::fault_armed = false;

void detail::pass_fault_point(std::string_view point) {
    Fault& fault = armed();
    if (fault.point != point || fault.passages_left.fetch_sub(1) != 1) return;
    if (fault.kind == "crash") std::raise(SIGKILL);
    if (fault.kind == "hang") hang();
    if (fault.kind == "suspend") {
        std::raise(SIGSTOP);
        return;
    }
    if (fault.kind == "full_disk") throw FileError("can't write", std::string(point), ENOSPC);
    if (fault.kind == "out_of_memory") throw std::bad_alloc();
    throw std::runtime_error(concat("injected fault at ", quoted(point)));
}

void arm_faults(int rank) {
    detail::fault_armed = false;
    const char* variable = std::getenv("MSUNET_FAULT");
    if (variable == nullptr || *variable == '\0') return;
    const std::vector<std::string> parts = split(variable, ':');
    const auto passage = parts.size() == 4 ? to_integer(parts[3]) : 1;
    const bool readable = (parts.size() == 3 || parts.size() == 4) &&
                          std::ranges::find(kinds, parts[2]) != kinds.end() &&
                          (parts[1] == "*" || to_integer(parts[1])) && passage && *passage >= 1;
    if (!readable) {
        throw UsageError({.option = "MSUNET_FAULT",
                          .got = variable,
                          .expected = concat("point:rank:kind[:n] with a kind of ",
                                             join(std::span<const std::string_view>(kinds)))});
    }
    if (parts[1] != "*" && *to_integer(parts[1]) != rank) return;
    armed().point = parts[0];
    armed().kind = parts[2];
    armed().passages_left = *passage;
    detail::fault_armed = true;
}

}  // namespace msunet::core
