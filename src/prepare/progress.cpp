// SPDX-License-Identifier: Apache-2.0
#include "prepare/progress.hpp"

#include <atomic>

#include "msunet/core/error.hpp"
#include "msunet/core/signals.hpp"

namespace msunet::prepare {

NodeProgress::NodeProgress(const comm::NodeTopology& nodes, std::size_t total, Observer& observer)
    : window_(nodes, fields * sizeof(std::uint64_t)), total_(total), observer_(observer) {}

std::uint64_t& NodeProgress::field(Field which) const {
    return window_.as<std::uint64_t>(0, fields)[which];
}

void NodeProgress::advance() {
    const std::uint64_t now = std::atomic_ref(field(done)).fetch_add(1) + 1;
    observer_.progress(now, total_);
}

void NodeProgress::note_problem() { std::atomic_ref(field(problem)).store(1); }

bool NodeProgress::problem_noted() const { return std::atomic_ref(field(problem)).load() != 0; }

void NodeProgress::check_stop() {
    std::atomic_ref stop(field(stopped));
    if (core::stop_requested()) stop.store(1);
    if (stop.load() == 0) return;
    throw core::Error(
        core::ExitCode::stopped,
        "stopped while preprocessing (a signal asked for it), start it again to resume");
}

}  // namespace msunet::prepare
