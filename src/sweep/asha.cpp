// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "sweep/rung.hpp"
#include "sweep/strategies.hpp"

namespace msunet::sweep {

namespace {

using record::TrialId;

class Asha final : public Strategy {
public:
    Asha(const SearchRules& rules, const std::vector<Training>& trainings)
        : rules_(rules), ladder_(rules), budget_(rules.budget), expected_(rules.expected) {
        for (const Training& training : in_random_order(rules, trainings)) join(training);
    }

    Decisions begin(const std::vector<TrialId>& trials) override {
        Decisions decisions;
        for (const TrialId trial : trials) {
            const auto candidate = candidates_.find(trial);
            if (candidate == candidates_.end()) {
                decisions.work.push_back({trial, std::nullopt});
            } else if (candidate->second.place == Candidate::Place::on_its_way) {
                decisions.work.push_back(work(trial, candidate->second));
            }
        }
        settle(decisions);
        return decisions;
    }

    Decisions paused(TrialId trial, std::optional<double> value) override {
        Decisions decisions;
        Candidate& candidate = candidates_.at(trial);
        const std::size_t number = candidate.rung++;
        --rungs_[number].to_come;
        candidate.place = Candidate::Place::waits;
        insert(rungs_[number], rung_key(trial, value, rules_.lower_is_better));
        settle(decisions);
        return decisions;
    }

    Decisions ended(TrialId trial, bool failed) override {
        Decisions decisions;
        const auto candidate = candidates_.find(trial);
        if (candidate == candidates_.end()) return decisions;
        if (failed && is_to_come(candidate->second, candidate->second.rung)) {
            ++rungs_[candidate->second.rung].trials;
        }
        leave(trial);
        settle(decisions);
        return decisions;
    }

    Decisions added(const Training& training) override {
        if (expected_ > 0) {
            --expected_;
            for (Rung& rung : rungs_) --rung.to_come;
        }
        Decisions decisions;
        if (training.epochs == 0) {
            decisions.work.push_back({training.trial, std::nullopt});
        } else {
            join(training);
        }
        settle(decisions);
        if (training.epochs > 0) decisions.append(next());
        return decisions;
    }

    Decisions none_will_join() override {
        for (Rung& rung : rungs_) rung.to_come -= expected_;
        expected_ = 0;
        Decisions decisions;
        settle(decisions);
        return decisions;
    }

    Decisions next() override {
        Decisions decisions;
        while (decisions.work.empty() && !to_start_.empty()) {
            const TrialId trial = to_start_.front();
            to_start_.pop_front();
            start(decisions, trial);
            settle(decisions);
        }
        return decisions;
    }

private:
    struct Candidate {
        Ends ends;
        std::size_t rung = 0;  ///< that it is on its way to, or comes to if it is promoted
        enum class Place : std::uint8_t { not_started, on_its_way, waits } place{};
    };
    /// `best` holds the trials that go on, as many as `trials` allows, `others` those after them
    /// that could still come among them.
    struct Rung {
        std::size_t trials = 0;   ///< that have arrived, or failed on their way
        std::size_t to_come = 0;  ///< may still arrive
        std::set<RungKey> best;
        std::set<RungKey> entered;  ///< have come among the best and are not decided
        std::set<RungKey> others;
    };

    [[nodiscard]] bool is_to_come(const Candidate& candidate, std::size_t rung) const {
        return rung >= candidate.rung && ladder_.until(rung, candidate.ends.last).has_value();
    }

    [[nodiscard]] Work work(TrialId trial, const Candidate& candidate,
                            bool promoted = false) const {
        return {trial, ladder_.until(candidate.rung, candidate.ends.last),
                static_cast<std::int64_t>(candidate.rung), 0, promoted};
    }

    /// Of so many trials at a rung this many go on. While more may arrive it may be none.
    [[nodiscard]] std::size_t places(const Rung& rung) const {
        if (rung.to_come == 0) return promoted_of(rung.trials, rules_);
        return rung.trials / static_cast<std::size_t>(rules_.factor);
    }

    void join(const Training& training) {
        add_rungs(training.epochs);
        const std::size_t reached = training.values.size();
        const auto promotions = static_cast<std::size_t>(training.promotions);
        Candidate candidate{Ends(training), reached, Candidate::Place::not_started};
        if (training.started) budget_.take(ladder_.cost(0, candidate.ends));
        for (std::size_t i = 1; i <= promotions; ++i) {
            budget_.take(ladder_.cost(i, candidate.ends));
        }
        for (std::size_t i = 0; i < reached; ++i) {
            insert(rungs_[i], rung_key(training.trial, training.values[i], rules_.lower_is_better));
        }
        const bool waits = reached > promotions;
        if (training.end == Training::End::failed && !waits && is_to_come(candidate, reached)) {
            ++rungs_[reached].trials;
        }
        if (training.end != Training::End::none) return;
        if (waits) {
            candidate.place = Candidate::Place::waits;
        } else if (training.started) {
            candidate.place = Candidate::Place::on_its_way;
        } else {
            to_start_.push_back(training.trial);
        }
        for (std::size_t i = 0; i < rungs_.size(); ++i) {
            if (is_to_come(candidate, i)) ++rungs_[i].to_come;
        }
        candidates_.insert_or_assign(training.trial, std::move(candidate));
    }

    /// The rungs at which a training of so many epochs pauses.
    void add_rungs(std::int64_t epochs) {
        while (ladder_.until(rungs_.size(), epochs)) rungs_.emplace_back().to_come = expected_;
    }

    void start(Decisions& decisions, TrialId trial) {
        Candidate& candidate = candidates_.at(trial);
        if (budget_.try_take(ladder_.cost(0, candidate.ends))) {
            candidate.place = Candidate::Place::on_its_way;
            decisions.work.push_back(work(trial, candidate));
        } else {
            stop(decisions, trial);
        }
    }

    void stop(Decisions& decisions, TrialId trial) {
        leave(trial);
        decisions.stopped.push_back(trial);
    }

    /// It comes to no further rung.
    void leave(TrialId trial) {
        const auto candidate = candidates_.find(trial);
        for (std::size_t i = candidate->second.rung; i < rungs_.size(); ++i) {
            if (is_to_come(candidate->second, i)) --rungs_[i].to_come;
        }
        candidates_.erase(candidate);
    }

    static void insert(Rung& rung, const RungKey& key) {
        ++rung.trials;
        if (!rung.best.empty() && key < *rung.best.rbegin()) {
            rung.best.insert(key);
            rung.entered.insert(key);
        } else {
            rung.others.insert(key);
        }
    }

    /// Decides all that can be decided now. A trial that leaves a rung may be one less to come to
    /// those above, which follow.
    void settle(Decisions& decisions) {
        for (std::size_t i = 0; i < rungs_.size(); ++i) {
            Rung& rung = rungs_[i];
            move_to_places(rung);
            promote(decisions, rung);
            stop_hopeless(decisions, rung);
        }
    }

    void move_to_places(Rung& rung) const {
        const std::size_t most = places(rung);
        while (rung.best.size() > most) {
            rung.entered.erase(*rung.best.rbegin());
            rung.others.insert(rung.best.extract(std::prev(rung.best.end())));
        }
        while (rung.best.size() < most && !rung.others.empty()) {
            rung.entered.insert(*rung.others.begin());
            rung.best.insert(rung.others.extract(rung.others.begin()));
        }
    }

    void promote(Decisions& decisions, Rung& rung) {
        for (const RungKey& key : std::exchange(rung.entered, {})) {
            const TrialId trial = trial_of(key);
            const auto candidate = candidates_.find(trial);
            if (!waits_at(candidate, rung)) continue;
            if (budget_.try_take(ladder_.cost(candidate->second.rung, candidate->second.ends))) {
                candidate->second.place = Candidate::Place::on_its_way;
                decisions.work.push_back(work(trial, candidate->second, true));
            } else {
                stop(decisions, trial);
            }
        }
    }

    /// Stops what stays outside of the best ones whatever arrives.
    void stop_hopeless(Decisions& decisions, Rung& rung) {
        const std::size_t most = promoted_of(rung.trials + rung.to_come, rules_);
        while (rung.best.size() + rung.others.size() > most && !rung.others.empty()) {
            const auto last = std::prev(rung.others.end());
            const TrialId trial = trial_of(*last);
            if (waits_at(candidates_.find(trial), rung)) stop(decisions, trial);
            rung.others.erase(last);
        }
    }

    [[nodiscard]] bool waits_at(std::map<TrialId, Candidate>::const_iterator candidate,
                                const Rung& rung) const {
        return candidate != candidates_.end() &&
               candidate->second.place == Candidate::Place::waits &&
               &rungs_[candidate->second.rung - 1] == &rung;
    }

    SearchRules rules_;
    Ladder ladder_;
    Budget budget_;
    std::size_t expected_;
    std::map<TrialId, Candidate> candidates_;  ///< without a result, and not stopped
    std::deque<TrialId> to_start_;
    std::vector<Rung> rungs_;
};

}  // namespace

std::unique_ptr<Strategy> asha_strategy(const SearchRules& rules,
                                        const std::vector<Training>& trainings) {
    return std::make_unique<Asha>(rules, trainings);
}

}  // namespace msunet::sweep
