// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "sweep/bracket.hpp"

namespace msunet::sweep {

/// Brackets of successive halving side by side. A trial that is in none of them runs to its end.
class Synchronous final : public Strategy {
public:
    void add(Bracket bracket, const std::vector<Training>& candidates);

    Decisions begin(const std::vector<record::TrialId>& trials) override;
    Decisions paused(record::TrialId trial, std::optional<double> value) override;
    Decisions ended(record::TrialId trial, bool failed) override;
    Decisions added(const Training& training) override;

private:
    std::vector<Bracket> brackets_;
    std::map<record::TrialId, std::size_t> bracket_of_;
};

}  // namespace msunet::sweep
