// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "dispatch/overloaded.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/time.hpp"

namespace msunet::dispatch {

namespace {

/// serve() runs after every training step; the clock is read at most this often.
constexpr double clock_seconds = 0.05;

}  // namespace

Dispatcher::Dispatcher(Channel& channel, DispatcherMachine machine, record::Journal& journal,
                       SweepListener& listener)
    : channel_(channel), machine_(std::move(machine)), journal_(journal), listener_(listener) {
    carry_out(machine_.begin(core::unix_now()));
}

void Dispatcher::serve() {
    const auto& leaders = machine_.leaders();
    while (const auto received = channel_.receive_as_dispatcher()) {
        const auto group =
            std::distance(leaders.begin(), std::ranges::find(leaders, received->rank));
        carry_out(machine_.receive(group, received->message, core::unix_now()));
    }
    const double now = core::unix_now();
    if (now >= next_clock_) {
        next_clock_ = now + clock_seconds;
        journal_.poll();
        if (core::stop_requested()) carry_out(machine_.receive_signal(now));
        carry_out(machine_.pass_time(now));
        listener_.tick(journal_.record());
    }
    if (journal_.synced()) listener_.synced();
}

SweepEnding Dispatcher::finish() {
    journal_.sync();
    listener_.synced();
    return {machine_.ending(), machine_.stop_reason()};
}

void Dispatcher::carry_out(const DispatcherActions& actions) {
    for (const DispatcherAction& action : actions) {
        std::visit(Overloaded{[&](const Order& order) {
                                  const auto group = static_cast<std::size_t>(order.group);
                                  channel_.send(machine_.leaders()[group], order.message);
                              },
                              [&](const Write& write) {
                                  journal_.append(write.event);
                                  listener_.happened(write.event, journal_.record());
                              }},
                   action);
    }
}

}  // namespace msunet::dispatch
