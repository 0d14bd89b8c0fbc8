// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "msunet/sweep/strategy.hpp"
#include "sweep/rung.hpp"

namespace msunet::sweep {

/// One run of successive halving. A rung is decided when all of its trials have arrived or ended:
/// what is decided depends on the values only, not on the order in which they come.
///
/// Of a rung's trials those that fail count as the last; those that complete before it do not
/// count, since they have nothing left to be promoted to.
class Bracket {
public:
    /// `candidates` in the order in which they start where the budget does not suffice for all.
    Bracket(const SearchRules& rules, std::int64_t number, std::int64_t first_rung, Budget budget,
            const std::vector<Training>& candidates);

    Decisions begin();
    Decisions paused(record::TrialId trial, std::optional<double> value);
    Decisions ended(record::TrialId trial, bool failed);

private:
    struct Rung {
        std::size_t trials = 0;             ///< that count
        std::size_t on_their_way = 0;       ///< not arrived yet
        std::set<RungKey> arrived;          ///< also those that have been promoted or stopped since
        std::set<record::TrialId> waiting;  ///< arrived, not decided
    };
    struct Candidate {
        Ends ends;
        std::size_t rung = 0;  ///< that it is on its way to
    };

    void restore(const Training& training);
    Rung& rung(std::size_t number);
    [[nodiscard]] Work work(record::TrialId trial, const Candidate& candidate,
                            bool promoted = false) const;
    /// Decides all rungs that are complete.
    Decisions decide();
    void decide(std::size_t number, Decisions& decisions);

    SearchRules rules_;
    std::int64_t number_;
    Ladder ladder_;
    Budget budget_;
    std::map<record::TrialId, Candidate> candidates_;  ///< without a result
    std::set<record::TrialId> refused_;  ///< the budget does not suffice for their start
    std::vector<Rung> rungs_;
};

}  // namespace msunet::sweep
