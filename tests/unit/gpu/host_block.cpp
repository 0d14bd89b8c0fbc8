// SPDX-License-Identifier: Apache-2.0
// Some distributions' compilers check that longjmp leads up the stack; here it leads to another
// one.
#undef _FORTIFY_SOURCE
#include "unit/gpu/host_block.hpp"

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <vector>

namespace msunet::test {
namespace {

constexpr std::size_t stack_bytes = std::size_t{64} << 10;

/// A thread works for one block after the other. Its context only starts it: to switch between
/// contexts takes a system call.
struct Thread {
    std::unique_ptr<std::byte[]> stack = std::make_unique<std::byte[]>(stack_bytes);
    jmp_buf place{};
    bool started = false, ended = false;
};

struct Block {
    const std::function<void(int)>* work = nullptr;
    std::vector<Thread> threads{};
    jmp_buf scheduler{};
    std::size_t current = 0;
};
Block block;

void leave() {
    if (_setjmp(block.threads[block.current].place) == 0) _longjmp(block.scheduler, 1);
}

void live() {
    for (;;) {
        (*block.work)(static_cast<int>(block.current));
        block.threads[block.current].ended = true;
        leave();
    }
}

void start(Thread& thread) {
    thread.started = true;
    ucontext_t context{};
    getcontext(&context);
    context.uc_stack.ss_sp = thread.stack.get();
    context.uc_stack.ss_size = stack_bytes;
    makecontext(&context, live, 0);
    setcontext(&context);
}

/// Lets the current thread run up to where it waits next or ends.
void resume() {
    if (_setjmp(block.scheduler) != 0) return;
    Thread& thread = block.threads[block.current];
    if (thread.started) _longjmp(thread.place, 1);
    start(thread);
}

}  // namespace

void run_block(int count, const std::function<void(int)>& thread) {
    block.work = &thread;
    if (block.threads.size() != static_cast<std::size_t>(count)) {
        block.threads = std::vector<Thread>(static_cast<std::size_t>(count));
    }
    for (Thread& each : block.threads) each.ended = false;
    for (int ended = 0; ended < count;) {
        for (block.current = 0; block.current < block.threads.size(); ++block.current) {
            resume();
            if (block.threads[block.current].ended) ++ended;
        }
        if (ended > 0 && ended < count) {
            throw std::logic_error("threads wait for others that have ended");
        }
    }
    block.work = nullptr;
}

void wait_for_block() {
    if (block.work == nullptr) throw std::logic_error("this kernel was said not to wait");
    leave();
}

}  // namespace msunet::test
