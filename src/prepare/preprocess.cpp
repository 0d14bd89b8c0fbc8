// SPDX-License-Identifier: Apache-2.0
#include "prepare/preprocess.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "prepare/agreement.hpp"
#include "prepare/exchange.hpp"
#include "prepare/exchanged.hpp"
#include "prepare/input_plan.hpp"
#include "prepare/read_pairs.hpp"
#include "prepare/single_files.hpp"
#include "prepare/split_check.hpp"
#include "prepare/written_copies.hpp"

namespace msunet::prepare {

namespace {

/// What travels between ranks about a source.
struct SourceFacts {
    std::size_t source = 0;
    SourceLayout layout;
    bool outliers_kept = false;
    std::string payload_hash;
};

template <class Archive, codec::Is<SourceFacts> T>
void fields(Archive& archive, T& value) {
    archive("source", value.source);
    archive("height", value.layout.height);
    archive("width", value.layout.width);
    archive("slices", value.layout.slices);
    archive("outliers_kept", value.outliers_kept);
    archive("payload_hash", value.payload_hash);
}

/// All pairs, read.
struct AllPairs {
    std::vector<imaging::AugmentedCopy> copies;
    std::vector<int> owners;  ///< rank by pair
    std::vector<PairFacts> facts;
    std::vector<SourceSlices> mine;
    std::vector<std::string> warnings;
};

/// Collective: logs the warnings and throws the problems.
[[noreturn]] void fail(const Request& request, const Input& input, const Findings& findings,
                       const comm::Communicator& ranks) {
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        if (const auto problem = exchanged_folders(request, input, findings)) {
            throw core::InputError(*problem);
        }
    });
    for (const std::string& warning : findings.warnings) core::log::warn(warning);
    throw core::InputError(joined(findings.problems));
}

/// Of the scans' content, by pair.
std::vector<std::string> hashes_of(const std::vector<PairFacts>& all) {
    std::vector<std::string> hashes;
    hashes.reserve(all.size());
    for (const PairFacts& facts : all) hashes.push_back(facts.data.hash);
    return hashes;
}

/// Collective: makes the folder of --write_augmented ready for the copies, or if none are kept,
/// checks that it could.
void open_copies_folder(const Request& request, const Input& input,
                        const std::vector<imaging::AugmentedCopy>& copies, Keep keep,
                        const comm::Communicator& ranks) {
    const auto& folder = request.augment.write_augmented;
    if (!folder) return;
    if (copies.empty()) core::log::warn("--write_augmented: this run makes no augmented copies");
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        // Those of an earlier run would be taken for this one's.
        if (copies.empty() && !has_written_copies(*folder)) return;
        if (keep == Keep::nothing) return check_written_copies(*folder);
        replace_written_copies(*folder, input.pairs, copies);
    });
}

/// Collective: reads all pairs. Throws core::InputError with all problems.
AllPairs read_all(const Request& request, const Input& input, const Inventory& inventory,
                  const comm::NodeTopology& nodes, Keep keep, Observer& observer) {
    const comm::Communicator& ranks = nodes.all();
    if (!input.findings.problems.empty()) {
        fail(request, input, check_single_files(request, input, ranks, observer), ranks);
    }
    AllPairs all;
    all.copies = copies_of(request, input);
    open_copies_folder(request, input, all.copies, keep, ranks);
    const WorkPlan plan = plan_work(request, input, all.copies, ranks, observer);
    ReadPairs read = read_pairs(request, input, inventory, all.copies, plan, nodes, keep, observer);
    Findings findings = gather_findings(ranks, read.findings);
    if (!findings.problems.empty()) fail(request, input, findings, ranks);
    all.owners = plan.owners;
    all.facts = gather_facts(ranks, read.pairs);
    all.mine = std::move(read.sources);
    all.warnings = std::move(findings.warnings);
    std::ranges::move(leaked_scans(input.pairs, hashes_of(all.facts)),
                      std::back_inserter(all.warnings));
    return all;
}

void learn_hashes(Inventory& inventory, const AllPairs& all) {
    for (const PairFacts& facts : all.facts) {
        inventory.learn(2 * facts.pair, facts.data);
        inventory.learn(2 * facts.pair + 1, facts.mask);
    }
}

/// Bytes of a source's slices if none is dropped.
std::uint64_t bytes_of(const imaging::Grid& grid) {
    return std::uint64_t{grid.size[0]} * grid.size[1] * grid.size[2] *
           (sizeof(float) + sizeof(std::uint8_t));
}

/// Table and memory of the data set.
Survey survey_of(const Input& input, const AllPairs& all) {
    Survey survey;
    for (const PairFacts& facts : all.facts) {
        survey.pairs.push_back({.pair = input.pairs[facts.pair],
                                .before = facts.before,
                                .after = facts.after,
                                .dropped = facts.dropped,
                                .measures = facts.measures});
        survey.slices.push_back(facts.slices);
        survey.largest_bytes += bytes_of(facts.after);
    }
    survey.copies = all.copies.size();
    for (const imaging::AugmentedCopy& copy : all.copies) {
        survey.largest_bytes += bytes_of(all.facts[copy.pair].after);
    }
    return survey;
}

/// Collective: what all ranks' sources are, in their order.
std::vector<SourceFacts> gather_sources(const std::vector<SourceSlices>& mine,
                                        const comm::Communicator& ranks) {
    std::vector<SourceFacts> facts;
    facts.reserve(mine.size());
    for (const SourceSlices& slices : mine) {
        facts.push_back({.source = slices.source,
                         .layout = slices.layout,
                         .outliers_kept = slices.outliers_kept,
                         .payload_hash = data::payload_hash(slices.voxels, slices.masks)});
    }
    facts = gather_values(ranks, facts);
    std::ranges::sort(facts, {}, &SourceFacts::source);
    return facts;
}

data::Source source_of(const Input& input, std::uint32_t pair) {
    return {.name = input.pairs[pair].data,
            .modality = input.pairs[pair].modality,
            .validation = input.pairs[pair].validation,
            .augmented = false,
            .pair = pair};
}

std::vector<data::Source> sources_of(const Input& input,
                                     const std::vector<imaging::AugmentedCopy>& copies) {
    std::vector<data::Source> sources;
    for (std::uint32_t pair = 0; pair < input.pairs.size(); ++pair) {
        sources.push_back(source_of(input, pair));
    }
    for (const imaging::AugmentedCopy& copy : copies) {
        data::Source source = source_of(input, copy.pair);
        source.name = copy_name(source.name, copy);
        source.augmented = true;
        sources.push_back(std::move(source));
    }
    return sources;
}

/// One notice for all scans whose outliers were left alone.
void note_outliers(const std::vector<data::Source>& sources, const std::vector<SourceFacts>& facts,
                   std::vector<std::string>& notices) {
    std::vector<std::string> skipped;
    for (const SourceFacts& one : facts) {
        const data::Source& source = sources[one.source];
        if (one.outliers_kept && !source.augmented) skipped.push_back(source.name);
    }
    if (skipped.empty()) return;
    notices.push_back(core::concat(
        "outliers are left as they are in ", skipped.size(),
        " scans (20 x mean is below the 99th percentile: z-scored?): ", core::name_list(skipped)));
}

/// Collective: all of the data set but its voxels.
Description describe_data(const Input& input, const AllPairs& all,
                          const comm::Communicator& ranks) {
    const std::vector<SourceFacts> facts = gather_sources(all.mine, ranks);
    std::vector<data::Source> sources = sources_of(input, all.copies);
    Description description{
        .sources = {}, .survey = survey_of(input, all), .warnings = all.warnings, .notices = {}};
    note_outliers(sources, facts, description.notices);
    for (const SourceFacts& one : facts) {
        description.sources.push_back({.source = std::move(sources[one.source]),
                                       .layout = one.layout,
                                       .payload_hash = one.payload_hash});
    }
    return description;
}

/// Collective: every node's memory filled by the ranks that made the sources.
std::shared_ptr<const SliceStore> store_slices(const Description& description, AllPairs& all,
                                               const comm::NodeTopology& nodes) {
    const auto store = SliceStore::make(nodes, description.elements());
    const std::vector<data::Range> ranges = description.ranges();
    for (SourceSlices& slices : all.mine) {
        const data::Range& range = ranges[slices.source];
        std::ranges::copy(slices.voxels, store->voxels(range).begin());
        std::ranges::copy(slices.masks, store->masks(range).begin());
        slices = {};
    }
    std::vector<int> owners = all.owners;
    for (const imaging::AugmentedCopy& copy : all.copies) owners.push_back(all.owners[copy.pair]);
    store->share(nodes, ranges, owners);
    return store;
}

}  // namespace

StoredData preprocess(const Request& request, const Input& input, Inventory& inventory,
                      const comm::NodeTopology& nodes, Observer& observer) {
    AllPairs all = read_all(request, input, inventory, nodes, Keep::slices, observer);
    learn_hashes(inventory, all);
    StoredData data;
    data.description = describe_data(input, all, nodes.all());
    data.store = store_slices(data.description, all, nodes);
    return data;
}

Survey check_input(const Request& request, const Input& input, Inventory& inventory,
                   const comm::NodeTopology& nodes, Observer& observer) {
    const AllPairs all = read_all(request, input, inventory, nodes, Keep::nothing, observer);
    for (const std::string& warning : all.warnings) core::log::warn(warning);
    learn_hashes(inventory, all);
    return survey_of(input, all);
}

}  // namespace msunet::prepare
