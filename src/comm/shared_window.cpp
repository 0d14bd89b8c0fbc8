// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/shared_window.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <exception>

#include "comm/handle.hpp"
#include "comm/window_directory.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::comm {

struct SharedWindow::State {
    Communicator node;
    std::size_t size;
    void* memory = nullptr;
    MPI_Win window = MPI_WIN_NULL;

    State(const Communicator& node_ranks, std::size_t bytes) : node(node_ranks), size(bytes) {
        if (node.size() == 1) {
            map_private();
        } else {
            allocate_shared();
        }
    }

    ~State() {
        if (window == MPI_WIN_NULL) {
            if (memory != nullptr) {
                munmap(memory, mapped());
            }
        } else if (std::uncaught_exceptions() == 0 && Environment::active()) {
            MPI_Win_unlock_all(window);
            MPI_Win_free(&window);
        }
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    [[nodiscard]] std::size_t mapped() const { return std::max<std::size_t>(size, 1); }

    void map_private() {
        void* mapping =
            mmap(nullptr, mapped(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapping == MAP_FAILED) {
            throw core::Error(core::ExitCode::failure,
                              core::concat("no memory for the slices (",
                                           core::bytes_text(static_cast<double>(size)),
                                           "), use smaller slices or a machine with more memory"));
        }
        memory = mapping;
    }

    // Checked in advance: a window that doesn't fit causes a bus error at the first access.
    void check_space() const {
        const std::uint64_t space = node.broadcast(window_space());
        if (space < size) {
            throw core::Error(
                core::ExitCode::failure,
                {.path = window_directory(),
                 .kind = core::concat("no room for ", size, " bytes of shared memory in"),
                 .why = core::concat(space, " bytes are free"),
                 .advice = "make it larger or name another folder with "
                           "OMPI_MCA_osc_sm_backing_directory"});
        }
    }

    void allocate_shared() {
        check_space();
        const auto own = static_cast<MPI_Aint>(node.is_root() ? mapped() : 0);
        check(MPI_Win_allocate_shared(own, 1, MPI_INFO_NULL, native(node), &memory, &window),
              "MPI_Win_allocate_shared");
        check(MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");
        MPI_Aint whole = 0;
        int unit = 1;
        check(MPI_Win_shared_query(window, 0, &whole, &unit, static_cast<void*>(&memory)),
              "MPI_Win_shared_query");
        check(MPI_Win_lock_all(MPI_MODE_NOCHECK, window), "MPI_Win_lock_all");
    }
};

SharedWindow::SharedWindow(const NodeTopology& topology, std::size_t bytes)
    : state_(std::make_unique<State>(topology.node(), bytes)) {}

SharedWindow::~SharedWindow() = default;
SharedWindow::SharedWindow(SharedWindow&&) noexcept = default;
SharedWindow& SharedWindow::operator=(SharedWindow&&) noexcept = default;

std::span<std::byte> SharedWindow::bytes() const {
    return {static_cast<std::byte*>(state_->memory), state_->size};
}

void SharedWindow::synchronise() const {
    if (state_->window == MPI_WIN_NULL) {
        return;
    }
    check(MPI_Win_sync(state_->window), "MPI_Win_sync");
    state_->node.barrier();
    check(MPI_Win_sync(state_->window), "MPI_Win_sync");
}

}  // namespace msunet::comm
