// SPDX-License-Identifier: Apache-2.0
#include "prepare/work_plan.hpp"

#include "msunet/prepare/deal.hpp"
#include "prepare/agreement.hpp"
#include "prepare/exchange.hpp"
#include "prepare/input_plan.hpp"
#include "prepare/progress.hpp"

namespace msunet::prepare {

namespace {

double voxels(const imaging::Grid& grid) {
    return static_cast<double>(grid.size[0]) * static_cast<double>(grid.size[1]) *
           static_cast<double>(grid.size[2]);
}

/// Cost of resampling, a voxel of the new grid.
constexpr double resampling = 150;

/// What the headers of a pair cost to work on; nothing where they are bad.
struct PairCost {
    std::size_t pair = 0;
    std::optional<double> cost;
};

template <class Archive, codec::Is<PairCost> T>
void fields(Archive& archive, T& value) {
    archive("pair", value.pair);
    archive("cost", value.cost);
}

}  // namespace

// Roughly nanoseconds on one core: only their ratios matter.

double cost_of(const PairGeometry& geometry) {
    return geometry.reading_cost + resampling * voxels(geometry.after);
}

double cost_of(const PairGeometry& geometry, const imaging::AugmentedCopy& copy) {
    double each = 0;
    if (copy.rotation) each += 150;
    if (copy.affine) each += 150;
    if (copy.noise) each += 60;
    if (copy.contrast) each += 900;
    return resampling * voxels(geometry.after) + each * voxels(geometry.before);
}

std::vector<std::size_t> WorkPlan::pairs_of(int rank) const {
    return tasks_of(costs, owners, rank);
}

WorkPlan plan_work(const Request& request, const Input& input,
                   std::span<const imaging::AugmentedCopy> copies, const comm::Communicator& ranks,
                   Observer& observer) {
    WorkPlan plan{.costs = std::vector<double>(input.pairs.size()), .owners = {}};
    if (ranks.size() > 1) {
        std::vector<PairCost> mine;
        together(ranks, [&] {
            const PairRules rules = pair_rules(request);
            const auto stride = static_cast<std::size_t>(ranks.size());
            for (auto pair = static_cast<std::size_t>(ranks.rank()); pair < input.pairs.size();
                 pair += stride) {
                const Holding holding(observer, input.pairs[pair].data);
                const auto geometry = survey_pair(input.files(pair), rules);
                PairCost& known = mine.emplace_back(PairCost{.pair = pair, .cost = {}});
                if (!geometry) continue;
                known.cost = cost_of(*geometry);
                for (const auto& copy : copies) {
                    if (copy.pair == pair) *known.cost += cost_of(*geometry, copy);
                }
            }
        });
        for (const PairCost& known : gather_values(ranks, mine)) {
            plan.costs[known.pair] = known.cost.value_or(0);
            plan.sound = plan.sound && known.cost;
        }
    }
    plan.owners = assign_tasks(plan.costs, ranks.size());
    return plan;
}

}  // namespace msunet::prepare
