// SPDX-License-Identifier: Apache-2.0
#include "bench/threads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "msunet/core/time.hpp"

namespace msunet::bench {

Work run_threads(int threads, double seconds, const std::function<void(int)>& prepare,
                 const std::function<double(int)>& work) {
    std::vector<Work> done(static_cast<std::size_t>(threads));
    std::atomic<int> ready = 0;
    const auto run = [&](int thread) {
        prepare(thread);
        ready.fetch_add(1);
        while (ready.load() < threads) std::this_thread::yield();
        Work mine;
        const double began = core::steady_seconds();
        while (mine.seconds < seconds) {
            mine.amount += work(thread);
            mine.seconds = core::steady_seconds() - began;
        }
        done[static_cast<std::size_t>(thread)] = mine;
    };
    std::vector<std::thread> others;
    for (int thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
    run(0);
    for (auto& other : others) other.join();
    Work all;
    for (const Work& one : done) {
        all.amount += one.amount;
        all.seconds = std::max(all.seconds, one.seconds);
    }
    return all;
}

}  // namespace msunet::bench
