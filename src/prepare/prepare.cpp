// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/prepare.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "prepare/cache.hpp"
#include "prepare/cache_key.hpp"
#include "prepare/find_input.hpp"
#include "prepare/input_plan.hpp"
#include "prepare/inventory.hpp"
#include "prepare/preprocess.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

Observer& observer_or_none(Observer* observer) {
    static Observer none;
    return observer != nullptr ? *observer : none;
}

void warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) core::log::warn(warning);
}

/// Logs warnings and notices about names, and that copies are not made where they were asked for.
void announce(const Request& request, const Input& input) {
    warn(input.findings.warnings);
    for (const std::string& notice : input.notices) core::log::info(notice);
    if (request.augment.enable_augmentation &&
        (imaging::already_augmented(input.data) || imaging::already_augmented(input.masks))) {
        core::log::info("No augmentation: file names contain 'augmented'.");
    }
}

/// Checks a cached data set for what may differ from the run that made it. Throws core::InputError.
void check_cached(const Request& request, const Input& input, const Survey& survey) {
    Findings findings = input.findings;
    const auto patches = fixed_patches(request);
    for (std::size_t pair = 0; pair < survey.pairs.size(); ++pair) {
        auto problem = too_small_for_patches(input.files(pair).data, survey.pairs[pair].after,
                                             request.preprocess, patches);
        if (problem) findings.problems.push_back(std::move(*problem));
    }
    if (!findings.problems.empty()) throw core::InputError(joined(findings.problems));
}

/// Collective: the data set from the cache; nothing where it must be made. Scans are read for their
/// hashes only if there is a cached data set that they may turn out to be.
std::optional<StoredData> find_cached(const Request& request, Inventory& inventory,
                                      const fs::path& folder, const comm::NodeTopology& nodes,
                                      Observer& observer) {
    const comm::Communicator& world = nodes.all();
    if (!inventory.complete()) {
        const std::string outline = cache_outline(request, inventory);
        if (!world.any_of(world.is_root() && holds_outline(folder, outline))) return std::nullopt;
        inventory.hash_missing(world, observer);
        if (!inventory.complete()) return std::nullopt;
    }
    observer.phase("reading the cache");
    const DataSetName name = name_of(request, inventory);
    return read_cache(name.in(folder), name.key, nodes);
}

/// For one rank: warns where this data set would be made and could not be kept. `inventory` is
/// complete.
void check_keeping(const Request& request, const Inventory& inventory) {
    const fs::path& folder = request.cache_folder;
    if (folder.empty()) return;
    std::error_code ignored;
    const bool is_read = !request.augment.write_augmented &&
                         fs::exists(name_of(request, inventory).in(folder), ignored);
    if (!is_read) check_cache(folder);
}

/// Collective: the size of a file.
std::uint64_t bytes_of(const fs::path& file, const comm::Communicator& ranks) {
    std::error_code unknown;
    const auto size = fs::file_size(file, unknown);
    return ranks.broadcast(unknown ? std::uint64_t{0} : std::uint64_t{size});
}

}  // namespace

CheckedInput survey(const Request& request, const comm::NodeTopology& nodes, Observer* observer) {
    const Input input = find_input(request, nodes.all());
    announce(request, input);
    Inventory inventory(input, {}, nodes.all());
    auto survey = check_input(request, input, inventory, nodes, observer_or_none(observer));
    if (nodes.all().is_root()) check_keeping(request, inventory);
    return {.survey = std::move(survey), .inputs = inventory.inputs()};
}

Prepared prepare(const Request& request, const comm::NodeTopology& nodes,
                 Observer* given_observer) {
    const double begin = core::steady_seconds();
    const comm::Communicator& world = nodes.all();
    Observer& observer = observer_or_none(given_observer);
    const Input input = find_input(request, world);
    announce(request, input);
    const fs::path& folder = request.cache_folder;
    Inventory inventory(input, folder, world);

    std::optional<StoredData> data;
    // Copies that are to be written must be made, whether the cache has them or not.
    const bool may_read = input.findings.problems.empty() && !request.augment.write_augmented;
    if (!folder.empty() && may_read) {
        data = find_cached(request, inventory, folder, nodes, observer);
    }
    const bool from_cache = data.has_value();
    if (from_cache) {
        check_cached(request, input, data->description.survey);
    } else {
        if (world.is_root() && holds_older_formats(folder)) {
            core::log::info(core::concat("Data sets of an older version in ",
                                         core::quoted(folder.string()),
                                         " can't be read and are made again."));
        }
        data = preprocess(request, input, inventory, nodes, observer);
    }
    warn(data->description.warnings);
    for (const std::string& notice : data->description.notices) core::log::info(notice);
    const DataSetName name = name_of(request, inventory);
    const fs::path file = folder.empty() ? fs::path() : name.in(folder);
    bool kept = from_cache;
    if (!from_cache && !file.empty()) {
        observer.phase("writing the cache");
        kept = write_cache(file, name.key, *data, nodes);
    }
    if (world.is_root()) inventory.update_index();
    if (kept && world.is_root()) tidy_cache(file);
    data::Dataset dataset = SliceStore::finish(data->store, data->description);
    return {.dataset = std::move(dataset),
            .survey = std::move(data->description.survey),
            .inputs = inventory.inputs(),
            .key = name.key,
            .from_cache = from_cache,
            .cache_file = kept ? file : fs::path(),
            .cache_bytes = kept ? bytes_of(file, world) : 0,
            .seconds = core::steady_seconds() - begin};
}

}  // namespace msunet::prepare
