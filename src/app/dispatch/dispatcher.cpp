// SPDX-License-Identifier: Apache-2.0
#include "dispatcher.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "msunet/codec/json.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::app {

namespace {
constexpr double heartbeat_seconds = 30;
// The clock is asked at most so often: serve() runs after every training step.
constexpr double clock_seconds = 0.05;
}  // namespace

Dispatcher::Dispatcher(Channel& channel, std::vector<int> leaders, sweep::Scheduler scheduler,
                       record::Journal& journal, SweepLimits limits, record::Owner owner,
                       SweepListener& listener)
    : channel_(channel),
      leaders_(std::move(leaders)),
      scheduler_(std::move(scheduler)),
      journal_(journal),
      limits_(std::move(limits)),
      owner_(std::move(owner)),
      listener_(listener),
      next_heartbeat_(core::unix_now() + heartbeat_seconds) {}

void Dispatcher::start() {
    act(scheduler_.start());
    // An earlier start may have reached what this one aims at.
    const auto results = journal_.record().results();
    target_told_ = limits_.target && std::ranges::any_of(results, [&](const auto* result) {
                       return limits_.target->reached(*result);
                   });
    if (target_told_) tell(sweep::TargetReached{});
}

void Dispatcher::serve() {
    while (const auto mail = channel_.for_dispatcher()) receive(*mail);
    heed_clock();
}

void Dispatcher::receive(const Channel::Mail& mail) {
    const auto group = group_of(mail.from);
    switch (mail.tag) {
        case Tag::ready:
            return tell(sweep::GroupReady{group});
        case Tag::begun: {
            const auto begun = decode_begun(mail.payload);
            write(record::TrialStarted{begun.trial, mail.from, begun.checkpoint, core::unix_now()});
            return tell(sweep::TrialBegun{group, begun.trial});
        }
        case Tag::epoch: {
            const auto news = decode_epoch_news(mail.payload);
            return write(record::EpochFinished{news.trial, news.report, core::unix_now()});
        }
        case Tag::checkpoint: {
            auto saved = codec::from_json<record::CheckpointReport>(mail.payload);
            write(record::CheckpointSaved{saved, core::unix_now()});
            return tell(sweep::NewCheckpoint{std::move(saved)});
        }
        case Tag::ended:
            return trial_ended(group, codec::from_json<record::TrialResult>(mail.payload));
        case Tag::set_aside: {
            const auto aside = decode_set_aside(mail.payload);
            write(record::TrialPaused{aside.trial, core::unix_now()});
            return tell(sweep::TrialSetAside{group, aside.trial, aside.reached_until, aside.last,
                                             aside.seconds});
        }
        case Tag::returned:
            return tell(sweep::TrialReturned{group, decode_trial(mail.payload)});
        case Tag::stop_seen:
            return ask_stop(record::StopReason::signal);
        default:
            idle_ += core::to_double(mail.payload).value_or(0);
            ++left_;
    }
}

void Dispatcher::trial_ended(sweep::GroupId group, record::TrialResult result) {
    const auto trial = result.trial;
    const bool reached = limits_.target && !target_told_ && limits_.target->reached(result);
    write(record::TrialFinished{std::move(result), core::unix_now()});
    if (reached) {
        target_told_ = true;
        tell(sweep::TargetReached{});
    }
    tell(sweep::TrialEnded{group, trial});
}

void Dispatcher::heed_clock() {
    const double now = core::unix_now();
    if (now < next_clock_) return;
    next_clock_ = now + clock_seconds;
    journal_.poll();
    if (now >= next_heartbeat_) {
        next_heartbeat_ = now + heartbeat_seconds;
        write(record::Heartbeat{owner_, now});
    }
    if (core::stop_requested()) ask_stop(record::StopReason::signal);
    if (limits_.stop_before && now >= *limits_.stop_before) {
        ask_stop(record::StopReason::stop_before);
    }
    if (limits_.time_limit && now >= *limits_.time_limit && !limit_told_) {
        limit_told_ = true;
        tell(sweep::TimeLimitReached{});
    }
    listener_.tick(journal_.record());
}

void Dispatcher::ask_stop(record::StopReason reason) {
    if (stop_reason_) return;
    stop_reason_ = reason;
    tell(sweep::StopRequested{});
}

void Dispatcher::write(const record::Event& event) {
    journal_.append(event);
    listener_.happened(event, journal_.record());
}

void Dispatcher::tell(const sweep::SchedulerEvent& event) { act(scheduler_.on(event)); }

void Dispatcher::act(const std::vector<sweep::SchedulerAction>& actions) {
    for (const auto& action : actions) {
        std::visit([this](const auto& what) { act(what); }, action);
    }
}

void Dispatcher::act(const sweep::Assign& action) {
    channel_.post(leaders_[static_cast<std::size_t>(action.group)], Tag::assign,
                  codec::to_json(action.assignment));
}

void Dispatcher::act(const sweep::Recall& action) {
    channel_.post(leaders_[static_cast<std::size_t>(action.group)], Tag::recall,
                  encode_trial(action.trial));
}

void Dispatcher::act(const sweep::Drain&) { to_all(Tag::drain); }

void Dispatcher::act(const sweep::StopAll&) { to_all(Tag::stop); }

void Dispatcher::act(const sweep::GiveUp& action) {
    record::TrialResult result;
    result.trial = action.trial;
    result.permutation = journal_.record().permutation(action.trial);
    result.state = record::TrialState::failed;
    result.reason = action.reason;
    if (const auto* known = journal_.record().find(action.trial)) {
        result.history = known->epochs;
        result.started_at = known->first_started_at;
        result.duration = known->spent_seconds;
        result.rank = known->rank;
    }
    result.ended_at = core::unix_now();
    write(record::TrialFinished{std::move(result), core::unix_now()});
}

void Dispatcher::act(const sweep::Done& action) {
    ending_ = action.ending;
    to_all(Tag::end);
}

sweep::GroupId Dispatcher::group_of(int rank) const {
    return std::distance(leaders_.begin(), std::find(leaders_.begin(), leaders_.end(), rank));
}

void Dispatcher::to_all(Tag tag) {
    for (const int leader : leaders_) channel_.post(leader, tag);
}

}  // namespace msunet::app
