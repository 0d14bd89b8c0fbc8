// SPDX-License-Identifier: Apache-2.0
#include "worker.hpp"

#include <algorithm>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/fields.hpp"

namespace msunet::app {

/// Serves the dispatcher between two steps and tells the trainer what it wants.
class Leader::Control final : public record::TrialControl {
public:
    explicit Control(Leader& leader) : leader_(leader) {}

    record::Answer after_step(const record::StepReport&) override { return answer(); }

    record::Answer after_epoch(record::TrialId trial, const record::EpochReport& report) override {
        leader_.channel_.post(leader_.dispatcher_, Tag::epoch, encode(EpochNews{trial, report}));
        return answer();
    }

    void checkpoint_written(const record::CheckpointReport& report) override {
        leader_.channel_.post(leader_.dispatcher_, Tag::checkpoint, codec::to_json(report));
    }

private:
    record::Answer answer() {
        leader_.read_mail();
        const bool stop = leader_.stopping_ || core::stop_requested();
        return stop ? record::Answer::stop : record::Answer::go_on;
    }

    Leader& leader_;
};

Leader::Leader(Channel& channel, int dispatcher, std::vector<int> members, TrialRunner run,
               Background background)
    : channel_(channel),
      dispatcher_(dispatcher),
      members_(std::move(members)),
      run_(std::move(run)),
      background_(std::move(background)) {}

double Leader::work() {
    double idle = 0;
    channel_.post(dispatcher_, Tag::ready);
    while (!ended_) {
        read_mail();
        if (!queue_.empty()) {
            const auto assignment = std::move(queue_.front());
            queue_.pop_front();
            train(assignment);
        } else if (!ended_) {
            const double before = core::steady_seconds();
            channel_.rest();
            idle += core::steady_seconds() - before;
        }
    }
    for (const int member : members_) channel_.post(member, Tag::dismiss);
    channel_.post(dispatcher_, Tag::left, std::to_string(idle));
    return idle;
}

void Leader::read_mail() {
    background_();
    if (core::stop_requested() && !told_stop_) {
        told_stop_ = true;
        channel_.post(dispatcher_, Tag::stop_seen);
    }
    while (const auto mail = channel_.for_worker()) {
        switch (mail->tag) {
            case Tag::assign:
                queue_.push_back(codec::from_json<record::Assignment>(mail->payload));
                break;
            case Tag::recall: {
                const auto trial = decode_trial(mail->payload);
                const auto removed = std::erase_if(
                    queue_, [trial](const auto& waiting) { return waiting.trial == trial; });
                if (removed > 0) {
                    channel_.post(dispatcher_, Tag::returned, encode_trial(trial));
                    channel_.post(dispatcher_, Tag::ready);
                }
                break;
            }
            case Tag::drain:
                give_back_all();
                break;
            case Tag::stop:
                stopping_ = true;
                give_back_all();
                break;
            default:
                ended_ = true;
        }
    }
}

void Leader::give_back_all() {
    for (const auto& waiting : queue_) {
        channel_.post(dispatcher_, Tag::returned, encode_trial(waiting.trial));
    }
    queue_.clear();
}

void Leader::train(const record::Assignment& assignment) {
    const auto order = codec::to_json(assignment);
    for (const int member : members_) channel_.post(member, Tag::run, order);
    channel_.post(dispatcher_, Tag::begun, encode(Begun{assignment.trial, assignment.checkpoint}));
    channel_.post(dispatcher_, Tag::ready);
    Control control(*this);
    const double before = core::steady_seconds();
    report(assignment, run_(assignment, control), core::steady_seconds() - before);
}

void Leader::report(const record::Assignment& assignment, const record::TrialResult& result,
                    double seconds) {
    if (record::is_final(result.state)) {
        channel_.post(dispatcher_, Tag::ended, codec::to_json(result));
        return;
    }
    const auto epochs = static_cast<std::int64_t>(result.history.size());
    const bool reached = assignment.until_epoch && epochs >= *assignment.until_epoch;
    // A signal that reached only a member comes to light in the group's agreement to stop.
    if (!reached && !stopping_ && !told_stop_) {
        told_stop_ = true;
        channel_.post(dispatcher_, Tag::stop_seen);
    }
    SetAside message{assignment.trial, reached, std::nullopt, seconds};
    if (epochs > 0) message.last = result.history.back();
    channel_.post(dispatcher_, Tag::set_aside, encode(message));
}

namespace {

/// A member has no line to the dispatcher; its own signals count in the group's agreement.
class MemberControl final : public record::TrialControl {
public:
    explicit MemberControl(const Background& background) : background_(background) {}

    record::Answer after_step(const record::StepReport&) override { return answer(); }
    record::Answer after_epoch(record::TrialId, const record::EpochReport&) override {
        return answer();
    }
    void checkpoint_written(const record::CheckpointReport&) override {}

private:
    record::Answer answer() {
        background_();
        return core::stop_requested() ? record::Answer::stop : record::Answer::go_on;
    }

    const Background& background_;
};

}  // namespace

void follow(Channel& channel, const TrialRunner& run, const Background& background) {
    MemberControl control(background);
    for (;;) {
        background();
        const auto mail = channel.for_worker();
        if (!mail) {
            channel.rest();
            continue;
        }
        if (mail->tag == Tag::dismiss) return;
        run(codec::from_json<record::Assignment>(mail->payload), control);
    }
}

void only_dispatch(Channel& channel, const Background& background,
                   const std::function<bool()>& done) {
    while (!done()) {
        background();
        channel.rest();
    }
}

}  // namespace msunet::app
