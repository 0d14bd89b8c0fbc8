// SPDX-License-Identifier: Apache-2.0
#include "prepare/read_pairs.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "msunet/core/fault.hpp"
#include "prepare/exchange.hpp"
#include "prepare/fields.hpp"
#include "prepare/input_plan.hpp"
#include "prepare/progress.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

template <class Archive, codec::Is<FoundHash> T>
void fields(Archive& archive, T& value) {
    archive("hash", value.hash);
    archive("settled", value.settled);
}

template <class Archive, codec::Is<PairFacts> T>
void fields(Archive& archive, T& value) {
    archive("pair", value.pair);
    archive("before", value.before);
    archive("after", value.after);
    archive("slices", value.slices);
    archive("dropped", value.dropped);
    archive("measures", value.measures);
    archive("data", value.data);
    archive("mask", value.mask);
}

namespace {

/// The work of one rank, a pair after the other.
class PairReader {
public:
    PairReader(const Request& request, const Input& input, const Inventory& inventory,
               const std::vector<imaging::AugmentedCopy>& copies, NodeProgress& progress,
               Observer& observer)
        : input_(input),
          inventory_(inventory),
          copies_(copies),
          rules_(pair_rules(request)),
          maker_(request, input),
          progress_(progress),
          observer_(observer) {}

    /// Reads a pair; keeps its slices and makes its copies if `keep`.
    void read(std::size_t pair, bool keep) {
        PlacedFindings placed{.place = pair, .findings = {}};
        auto content = make_original(pair, keep, placed.findings);
        if (!placed.findings.problems.empty()) {
            progress_.note_problem();
            result_.sources.clear();
        }
        result_.findings.push_back(std::move(placed));
        progress_.advance();
        if (content) make_copies(pair, keep, std::move(*content));
    }

    ReadPairs take() { return std::move(result_); }

private:
    std::optional<PairContent> make_original(std::size_t pair, bool keep, Findings& findings) {
        begin_piece();
        const Holding holding(observer_, input_.pairs[pair].data);
        const PairFiles files = input_.files(pair);
        auto content = read_pair(files, rules_, findings);
        if (!content) return std::nullopt;
        auto slices = maker_.original(pair, *content, findings);
        if (!slices) return std::nullopt;
        result_.pairs.push_back(
            {.pair = pair,
             .before = content->geometry.before,
             .after = content->geometry.after,
             .slices = slices->layout.slices,
             .dropped = slices->dropped,
             .measures = slices->measures,
             .data = inventory_.found(2 * pair, std::move(content->data_hash)),
             .mask = inventory_.found(2 * pair + 1, std::move(content->mask_hash))});
        if (keep) result_.sources.push_back(std::move(*slices));
        return content;
    }

    void make_copies(std::size_t pair, bool keep, PairContent content) {
        const auto is_of_pair = [&](const auto& copy) { return copy.pair == pair; };
        auto left = std::ranges::count_if(copies_, is_of_pair);
        for (std::size_t i = 0; i < copies_.size(); ++i) {
            if (!is_of_pair(copies_[i])) continue;
            if (keep && !progress_.problem_noted()) {
                // The last copy is made of the voxels themselves.
                make_copy(i, content.geometry,
                          left == 1 ? std::move(content.voxels) : LoadedPair(content.voxels));
            }
            --left;
            progress_.advance();
        }
    }

    void make_copy(std::size_t number, const PairGeometry& geometry, LoadedPair voxels) {
        begin_piece();
        const imaging::AugmentedCopy& copy = copies_[number];
        const Holding holding(observer_, copy_name(input_.pairs[copy.pair].data, copy));
        result_.sources.push_back(
            maker_.copy(input_.pairs.size() + number, copy, geometry, std::move(voxels)));
    }

    void begin_piece() {
        progress_.check_stop();
        core::fault_point("preprocess");
    }

    const Input& input_;
    const Inventory& inventory_;
    const std::vector<imaging::AugmentedCopy>& copies_;
    PairRules rules_;
    SourceMaker maker_;
    NodeProgress& progress_;
    Observer& observer_;
    ReadPairs result_;
};

/// Pairs and copies of this node.
std::size_t pieces_of_node(const std::vector<imaging::AugmentedCopy>& copies, const WorkPlan& plan,
                           const comm::NodeTopology& nodes) {
    const auto is_here = [&](std::size_t pair) {
        const auto owner = static_cast<std::size_t>(plan.owners[pair]);
        return nodes.node_of_rank()[owner] == nodes.node_index();
    };
    std::size_t pieces = 0;
    for (std::size_t pair = 0; pair < plan.owners.size(); ++pair) pieces += is_here(pair) ? 1 : 0;
    for (const auto& copy : copies) pieces += is_here(copy.pair) ? 1 : 0;
    return pieces;
}

}  // namespace

ReadPairs read_pairs(const Request& request, const Input& input, const Inventory& inventory,
                     const std::vector<imaging::AugmentedCopy>& copies, const WorkPlan& plan,
                     const comm::NodeTopology& nodes, Keep keep, Observer& observer) {
    observer.phase("preprocessing");
    NodeProgress progress(nodes, pieces_of_node(copies, plan, nodes), observer);
    PairReader reader(request, input, inventory, copies, progress, observer);
    together(nodes.all(), [&] {
        for (const std::size_t pair : plan.pairs_of(nodes.all().rank())) {
            reader.read(pair, keep == Keep::slices && plan.sound && !progress.problem_noted());
        }
    });
    return reader.take();
}

std::vector<PairFacts> gather_facts(const comm::Communicator& ranks,
                                    const std::vector<PairFacts>& mine) {
    std::vector<PairFacts> all = gather_values(ranks, mine);
    std::ranges::sort(all, {}, &PairFacts::pair);
    return all;
}

}  // namespace msunet::prepare
