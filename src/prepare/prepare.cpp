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
#include "msunet/prepare/inside.hpp"
#include "prepare/cache.hpp"
#include "prepare/find_input.hpp"
#include "prepare/inventory.hpp"
#include "prepare/preprocess.hpp"
#include "prepare/survey_input.hpp"

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

/// Says what the options alone do not show.
void announce(const Request& request, const Input& input) {
    warn(input.findings.warnings);
    if (request.augment.enable_augmentation &&
        (imaging::already_augmented(input.data) || imaging::already_augmented(input.masks))) {
        core::log::info("No augmentation: file names contain 'augmented'.");
    }
}

/// The cache's folder, or nothing where it must not be used.
fs::path usable_cache(const Request& request) {
    const fs::path& folder = request.cache_folder;
    if (folder.empty()) return {};
    for (const auto& input : {request.folders.training_data_path, request.folders.mask_data_path}) {
        if (!is_inside(folder, input)) continue;
        core::log::warn(core::concat("no cache: ", core::quoted(folder.string()),
                                     " lies in an input folder, which is never written to; name "
                                     "another one with --cache"));
        return {};
    }
    return folder;
}

/// A data set from the cache was checked when it was made, but for what may differ now.
void check_cached(const Request& request, const Input& input, const Survey& survey) {
    Findings findings = input.findings;
    const auto patches = fixed_patches(request);
    for (std::size_t pair = 0; pair < survey.pairs.size(); ++pair) {
        auto problem =
            too_small_for_patches(input.files(pair).data, survey.pairs[pair].after, patches);
        if (problem) findings.problems.push_back(std::move(*problem));
    }
    if (!findings.problems.empty()) throw core::InputError(std::move(findings.problems));
}

}  // namespace

Survey survey(const Request& request, const comm::Communicator& world, bool voxels,
              Observer* observer) {
    Observer& told = observer_or_none(observer);
    const Input input = find_input(request, world);
    announce(request, input);
    SurveyedInput surveyed = survey_input(request, input, world, told);
    std::vector<std::size_t> slices;
    if (voxels) slices = check_voxels(request, input, surveyed, world, told);
    Findings found = gather_findings(world, surveyed.findings);
    warn(found.warnings);
    found.problems.insert(found.problems.begin(), input.findings.problems.begin(),
                          input.findings.problems.end());
    if (!found.problems.empty()) throw core::InputError(std::move(found.problems));
    Survey result = survey_of(input, surveyed, copies_of(request, input));
    result.slices = std::move(slices);
    return result;
}

Prepared prepare(const Request& request, const comm::Communicator& world,
                 const comm::NodeTopology& nodes, Observer* observer) {
    const double begin = core::steady_seconds();
    Observer& told = observer_or_none(observer);
    const Input input = find_input(request, world);
    announce(request, input);
    const fs::path folder = usable_cache(request);
    std::vector<InputFile> inputs = hash_inputs(input, folder, world, told);
    std::string key = cache_key(request, inputs);
    const fs::path file = folder.empty() ? fs::path() : cache_file_of(folder, key);

    std::optional<StoredData> data;
    // Copies that are to be written must be made, whether the cache has them or not.
    const bool may_read = input.findings.problems.empty() && !request.augment.write_augmented;
    if (!file.empty() && may_read) {
        told.phase("reading the cache");
        data = read_cache(file, key, nodes);
    }
    const bool from_cache = data.has_value();
    bool kept = from_cache;
    if (from_cache) {
        check_cached(request, input, data->description.survey);
    } else {
        SurveyedInput surveyed = survey_input(request, input, world, told);
        data = preprocess(request, input, surveyed, nodes, told);
        if (!file.empty()) {
            told.phase("writing the cache");
            kept = write_cache(file, key, *data, nodes);
        }
    }
    warn(data->description.warnings);
    for (const std::string& notice : data->description.notices) core::log::info(notice);
    if (kept && world.is_root()) tidy_cache(file);
    std::uint64_t file_bytes = 0;
    if (kept) {
        std::error_code unknown;
        const auto size = fs::file_size(file, unknown);
        file_bytes = world.broadcast(unknown ? std::uint64_t{0} : std::uint64_t{size});
    }
    data::Dataset dataset = SliceStore::finish(data->store, data->description);
    return {.dataset = std::move(dataset),
            .survey = std::move(data->description.survey),
            .inputs = std::move(inputs),
            .key = std::move(key),
            .from_cache = from_cache,
            .cache_file = kept ? file : fs::path(),
            .cache_bytes = file_bytes,
            .seconds = core::steady_seconds() - begin};
}

}  // namespace msunet::prepare
