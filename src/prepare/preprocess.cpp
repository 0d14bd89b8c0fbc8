// SPDX-License-Identifier: Apache-2.0
#include "prepare/preprocess.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/deal.hpp"
#include "prepare/agreement.hpp"
#include "prepare/name_list.hpp"
#include "prepare/progress.hpp"
#include "prepare/source_maker.hpp"
#include "prepare/work_plan.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

/// What travels between ranks about a source.
struct SentLayout {
    std::uint64_t source = 0;
    SourceLayout layout;
    std::uint64_t outliers_kept = 0;
};

struct SentHash {
    std::uint64_t source = 0;
    std::array<char, 32> hash{};
};

/// One rank's work on the input.
class Worker {
public:
    Worker(const Request& request, const Input& input, const SurveyedInput& surveyed,
           const comm::NodeTopology& nodes, Observer& observer)
        : input_(input),
          surveyed_(surveyed),
          nodes_(nodes),
          all_(nodes.all()),
          observer_(observer),
          copies_(copies_of(request, input)),
          maker_(request, input, surveyed) {}

    /// Collective: all pairs, costliest first.
    void read_pairs() {
        std::vector<double> costs;
        for (const auto& geometry : surveyed_.geometries) costs.push_back(cost_of(*geometry));
        const auto owners = assign_tasks(costs, all_.size());
        owners_ = owners;
        observer_.phase("reading");
        each(costs, owners, [&](std::size_t pair) {
            const Holding holding(observer_, input_.pairs[pair].data);
            read_pair(pair);
        });
    }

    /// Collective: all augmented copies.
    void make_copies() {
        if (copies_.empty()) return;
        std::vector<double> costs;
        for (const auto& copy : copies_) {
            costs.push_back(cost_of(*surveyed_.geometries[copy.pair], copy));
        }
        const auto owners = assign_tasks(costs, all_.size());
        owners_.insert(owners_.end(), owners.begin(), owners.end());
        observer_.phase("augmenting");
        each(costs, owners, [&](std::size_t copy) {
            const Holding holding(observer_,
                                  copy_name(input_.pairs[copies_[copy].pair].data, copies_[copy]));
            made_.push_back(maker_.copy(input_.pairs.size() + copy, copies_[copy]));
        });
    }

    const std::vector<PlacedFindings>& findings() const { return findings_; }

    /// Collective: agrees on the layout, writes this rank's slices in place, exchanges the rest.
    StoredData store() {
        StoredData data;
        data.description = describe_sources();
        auto store = SliceStore::make(nodes_, data.description.elements());
        const auto ranges =
            data::source_ranges(data.description.slices(), data.description.sources.size());
        std::vector<SentHash> hashes;
        for (Made& made : made_) {
            const data::Range& range = ranges[made.source];
            std::ranges::copy(made.voxels, store->voxels(range).begin());
            std::ranges::copy(made.masks, store->masks(range).begin());
            const std::string hash = data::payload_hash(made.voxels, made.masks);
            hashes.push_back({.source = made.source, .hash = {}});
            std::memcpy(hashes.back().hash.data(), hash.data(), hash.size());
            made = Made{};
        }
        made_.clear();
        store->share(nodes_, ranges, owners_);
        data.description.payload_hashes.resize(ranges.size());
        for (const SentHash& sent : all_.all_gather(hashes)) {
            data.description.payload_hashes[sent.source].assign(sent.hash.data(), sent.hash.size());
        }
        data.store = std::move(store);
        return data;
    }

private:
    /// Collective: `work` on each task of this rank.
    template <class Work>
    void each(std::span<const double> costs, const std::vector<int>& owners, Work&& work) {
        const auto on_node = std::ranges::count_if(owners, [&](int rank) {
            return nodes_.node_of_rank()[static_cast<std::size_t>(rank)] == nodes_.node_index();
        });
        NodeProgress progress(nodes_, static_cast<std::size_t>(on_node), observer_);
        together(all_, [&] {
            for (const std::size_t task : tasks_of(costs, owners, all_.rank())) {
                progress.check_stop();
                core::fault_point("preprocess");
                work(task);
                progress.advance();
            }
        });
    }

    void read_pair(std::size_t pair) {
        PlacedFindings placed{.place = pair, .findings = {}};
        if (auto made = maker_.original(pair, placed.findings)) made_.push_back(std::move(*made));
        findings_.push_back(std::move(placed));
    }

    /// Collective: everything but voxels and hashes.
    Description describe_sources() const {
        Description description;
        for (std::uint32_t pair = 0; pair < input_.pairs.size(); ++pair) {
            description.sources.push_back(source_of(pair));
        }
        for (const auto& copy : copies_) {
            data::Source source = source_of(copy.pair);
            source.name = copy_name(source.name, copy);
            source.augmented = true;
            description.sources.push_back(std::move(source));
        }
        std::vector<SentLayout> mine;
        for (const Made& made : made_) {
            mine.push_back({made.source, made.layout, made.outliers_kept ? 1U : 0U});
        }
        std::vector<SentLayout> sent = all_.all_gather(mine);
        std::ranges::sort(sent, {}, &SentLayout::source);
        std::vector<std::string> skipped;
        for (const SentLayout& one : sent) {
            description.layouts.push_back(one.layout);
            const data::Source& source = description.sources[one.source];
            if (one.outliers_kept != 0 && !source.augmented) skipped.push_back(source.name);
        }
        if (!skipped.empty()) {
            description.notices.push_back(
                core::concat("outliers are left as they are in ", skipped.size(),
                             " scans (20 x mean is below the 99th percentile: z-scored?): ",
                             name_list(skipped)));
        }
        description.survey = survey_of(input_, surveyed_, copies_);
        for (std::size_t pair = 0; pair < input_.pairs.size(); ++pair) {
            description.survey.slices.push_back(description.layouts[pair].slices);
        }
        return description;
    }

    data::Source source_of(std::uint32_t pair) const {
        return {.name = input_.pairs[pair].data,
                .modality = input_.pairs[pair].modality,
                .validation = input_.pairs[pair].validation,
                .augmented = false,
                .pair = pair};
    }

    const Input& input_;
    const SurveyedInput& surveyed_;
    const comm::NodeTopology& nodes_;
    const comm::Communicator& all_;
    Observer& observer_;
    std::vector<imaging::AugmentedCopy> copies_;
    SourceMaker maker_;
    std::vector<int> owners_;  ///< rank by source
    std::vector<Made> made_;
    std::vector<PlacedFindings> findings_;
};

bool any_problem(const std::vector<PlacedFindings>& findings) {
    return std::ranges::any_of(
        findings, [](const PlacedFindings& placed) { return !placed.findings.problems.empty(); });
}

/// Collective: all problems and warnings, those about names first.
Findings all_findings(const Input& input, const std::vector<PlacedFindings>& mine,
                      const comm::Communicator& ranks) {
    Findings gathered = gather_findings(ranks, mine);
    Findings findings = input.findings;
    std::ranges::move(gathered.problems, std::back_inserter(findings.problems));
    findings.warnings = std::move(gathered.warnings);
    return findings;
}

}  // namespace

StoredData preprocess(const Request& request, const Input& input, const SurveyedInput& surveyed,
                      const comm::NodeTopology& nodes, Observer& observer) {
    const comm::Communicator& all = nodes.all();
    if (!input.findings.problems.empty() || all.any_of(any_problem(surveyed.findings))) {
        SurveyedInput bad = surveyed;
        check_voxels(request, input, bad, all, observer);
        throw_problems(all_findings(input, bad.findings, all));
    }
    Worker worker(request, input, surveyed, nodes, observer);
    worker.read_pairs();
    std::vector<PlacedFindings> found = surveyed.findings;
    std::ranges::copy(worker.findings(), std::back_inserter(found));
    Findings findings = all_findings(input, found, all);
    throw_problems(findings);
    worker.make_copies();
    StoredData data = worker.store();
    data.description.warnings = std::move(findings.warnings);
    return data;
}

}  // namespace msunet::prepare
