// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

namespace {

class Grid final : public Strategy {
public:
    std::vector<Work> begin(const std::vector<record::TrialId>& trials) override {
        std::vector<Work> work;
        work.reserve(trials.size());
        for (const record::TrialId trial : trials) work.push_back({trial, std::nullopt});
        return work;
    }
    std::vector<Work> paused(record::TrialId /*trial*/,
                             const record::EpochReport& /*last*/) override {
        return {};
    }
    std::vector<Work> ended(record::TrialId /*trial*/) override { return {}; }
};

}  // namespace

std::unique_ptr<Strategy> grid_strategy() { return std::make_unique<Grid>(); }

}  // namespace msunet::sweep
