// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "msunet/prepare/deal.hpp"
#include "prepare/preprocess.hpp"
#include "prepare/progress.hpp"
#include "prepare/source_maker.hpp"
#include "prepare/work_plan.hpp"

namespace msunet::prepare {

namespace {

/// A pair's kept slices as they travel between ranks.
struct SentSlices {
    std::uint64_t pair = 0;
    std::uint64_t slices = 0;
};

}  // namespace

std::vector<std::size_t> check_voxels(const Request& request, const Input& input,
                                      SurveyedInput& surveyed, const comm::Communicator& ranks,
                                      Observer& observer) {
    std::vector<std::size_t> slices(input.pairs.size());
    if (!input.findings.problems.empty()) return slices;
    std::vector<double> costs;
    for (const auto& geometry : surveyed.geometries) {
        costs.push_back(geometry ? cost_of(*geometry) : 0);
    }
    const auto owners = assign_tasks(costs, ranks.size());
    std::vector<SentSlices> mine;
    together(ranks, [&] {
        const SourceMaker maker(request, input, surveyed);
        for (const std::size_t pair : tasks_of(costs, owners, ranks.rank())) {
            if (!surveyed.geometries[pair]) continue;
            const Holding holding(observer, input.pairs[pair].data);
            PlacedFindings placed{.place = pair, .findings = {}};
            const auto made = maker.original(pair, placed.findings);
            if (made) mine.push_back({pair, made->layout.slices});
            surveyed.findings.push_back(std::move(placed));
        }
    });
    for (const SentSlices& sent : ranks.all_gather(mine)) slices[sent.pair] = sent.slices;
    return slices;
}

}  // namespace msunet::prepare
