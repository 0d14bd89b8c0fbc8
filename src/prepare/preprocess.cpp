// SPDX-License-Identifier: Apache-2.0
#include "prepare/preprocess.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/augment.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/volume_io.hpp"
#include "prepare/agreement.hpp"
#include "prepare/name_list.hpp"
#include "prepare/progress.hpp"
#include "prepare/work_plan.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

/// The kept slices of one source, before their place in the store is known.
struct Made {
    std::uint32_t source = 0;
    SourceLayout layout;
    bool outliers_kept = false;  ///< the outlier rule was skipped
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
};

Made keep_slices(std::size_t source, const imaging::NormalisedPair& pair) {
    const std::size_t width = pair.volume.size[0];
    const std::size_t area = width * pair.volume.size[1];
    Made made{.source = static_cast<std::uint32_t>(source),
              .layout = {.height = static_cast<std::uint32_t>(pair.volume.size[1]),
                         .width = static_cast<std::uint32_t>(width),
                         .slices = static_cast<std::uint32_t>(pair.kept.size())},
              .outliers_kept = pair.outliers.skipped,
              .voxels = std::vector<float>(area * pair.kept.size()),
              .masks = std::vector<std::uint8_t>(area * pair.kept.size())};
    for (std::size_t i = 0; i < pair.kept.size(); ++i) {
        std::copy_n(pair.volume.voxels.data() + pair.kept[i] * area, area,
                    made.voxels.data() + i * area);
        std::copy_n(pair.mask.data() + pair.kept[i] * area, area, made.masks.data() + i * area);
    }
    return made;
}

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
        : request_(request),
          input_(input),
          surveyed_(surveyed),
          nodes_(nodes),
          all_(nodes.all()),
          observer_(observer),
          copies_(copies_of(request, input)),
          outliers_(request.patches.use_frac_patch ? imaging::OutlierValue::ten_means
                                                   : imaging::OutlierValue::median) {}

    /// Collective: all pairs, costliest first.
    void read_pairs() {
        std::vector<double> costs;
        for (const auto& geometry : surveyed_.geometries) costs.push_back(cost_of(*geometry));
        const auto owners = assign_tasks(costs, all_.size());
        owners_ = owners;
        observer_.phase("reading");
        each(costs, owners, [&](std::size_t pair) {
            observer_.holds(input_.pairs[pair].data);
            read_pair(pair);
        });
        observer_.released();
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
            observer_.holds(copy_name(input_.pairs[copies_[copy].pair].data, copies_[copy]));
            make_copy(copy);
        });
        observer_.released();
    }

    const std::vector<PlacedFindings>& findings() const { return findings_; }

    /// Collective: agrees on the layout, writes this rank's slices in place, exchanges the rest.
    StoredData store() {
        StoredData data;
        data.description = describe_sources();
        auto store = std::make_shared<SliceStore>(nodes_, data.description.elements());
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
        const auto files = input_.files(pair);
        if (auto loaded = load_pair(files, request_.preprocess.frame, placed.findings)) {
            Made made = normalise(pair, pair, *loaded);
            if (made.layout.slices == 0) {
                placed.findings.problems.push_back(
                    core::concat(core::quoted(files.data.string()), " yields no slice (",
                                 anatomical(pair) ? ""
                                                  : "the first and the last are "
                                                    "dropped unless anatomical, and ",
                                 "none has a value above 0.2 of the "
                                 "volume's range), check the scan or remove the pair"));
            }
            made_.push_back(std::move(made));
        }
        findings_.push_back(std::move(placed));
    }

    void make_copy(std::size_t number) {
        const imaging::AugmentedCopy& copy = copies_[number];
        const auto files = input_.files(copy.pair);
        const std::int64_t frame = request_.preprocess.frame;
        LoadedPair loaded{.volume = imaging::read_volume(files.data, frame).volume,
                          .mask = imaging::read_mask(files.mask, frame).volume};
        imaging::apply(copy, loaded.volume, loaded.mask);
        if (request_.augment.write_augmented) {
            write_copy(*request_.augment.write_augmented, input_.pairs[copy.pair], copy, loaded);
        }
        made_.push_back(normalise(input_.pairs.size() + number, copy.pair, loaded));
    }

    Made normalise(std::size_t source, std::size_t pair, const LoadedPair& loaded) const {
        return keep_slices(source, imaging::normalise_pair(loaded.volume, loaded.mask,
                                                           surveyed_.geometries[pair]->after,
                                                           outliers_, anatomical(pair)));
    }

    bool anatomical(std::size_t pair) const {
        return input_.pairs[pair].modality == core::Modality::anatomical;
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
        return description;
    }

    data::Source source_of(std::uint32_t pair) const {
        return {.name = input_.pairs[pair].data,
                .modality = input_.pairs[pair].modality,
                .validation = input_.pairs[pair].validation,
                .augmented = false,
                .pair = pair};
    }

    const Request& request_;
    const Input& input_;
    const SurveyedInput& surveyed_;
    const comm::NodeTopology& nodes_;
    const comm::Communicator& all_;
    Observer& observer_;
    std::vector<imaging::AugmentedCopy> copies_;
    imaging::OutlierValue outliers_;
    std::vector<int> owners_;  ///< rank by source
    std::vector<Made> made_;
    std::vector<PlacedFindings> findings_;
};

bool any_problem(const std::vector<PlacedFindings>& findings) {
    return std::ranges::any_of(
        findings, [](const PlacedFindings& placed) { return !placed.findings.problems.empty(); });
}

/// Collective: all problems and warnings, those about names first.
Findings all_findings(const Input& input, std::vector<PlacedFindings> mine,
                      const comm::Communicator& ranks) {
    Findings gathered = gather_findings(ranks, mine);
    Findings findings = input.findings;
    std::ranges::move(gathered.problems, std::back_inserter(findings.problems));
    findings.warnings = std::move(gathered.warnings);
    return findings;
}

}  // namespace

void check_voxels(const Request& request, const Input& input, SurveyedInput& surveyed,
                  const comm::Communicator& ranks, Observer& observer) {
    if (!input.findings.problems.empty()) return;
    together(ranks, [&] {
        const auto stride = static_cast<std::size_t>(ranks.size());
        for (auto pair = static_cast<std::size_t>(ranks.rank()); pair < input.pairs.size();
             pair += stride) {
            if (!surveyed.geometries[pair]) continue;
            observer.holds(input.pairs[pair].data);
            PlacedFindings placed{.place = pair, .findings = {}};
            load_pair(input.files(pair), request.preprocess.frame, placed.findings);
            surveyed.findings.push_back(std::move(placed));
            observer.released();
        }
    });
}

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
    Findings findings = all_findings(input, std::move(found), all);
    throw_problems(findings);
    worker.make_copies();
    StoredData data = worker.store();
    data.description.warnings = std::move(findings.warnings);
    return data;
}

}  // namespace msunet::prepare
