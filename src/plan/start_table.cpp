// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/start_table.hpp"

#include <algorithm>
#include <span>

#include "msunet/core/counted.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/job/version.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/plan/refit_outlook.hpp"
#include "msunet/prepare/summary.hpp"

namespace msunet::plan {

using core::concat;
using report::SettingBlock;

namespace {

constexpr std::size_t values_shown = 8;

std::string list_text(const std::vector<core::Value>& values) {
    std::vector<std::string> texts;
    for (const auto& value : values) {
        if (texts.size() == values_shown) {
            texts.push_back(concat("… (", values.size(), ")"));
            break;
        }
        texts.push_back(core::python_str(value));
    }
    return core::join(std::span<const std::string>(texts));
}

std::string patches_text(const StartFacts& facts) {
    const auto first =
        first_permutation(facts.plan, settings::default_hyperparameters(facts.settings));
    const auto& options = facts.settings.patches;
    const auto size = data::patches_text(options, first.patch_dimensions, first.patch_stride);
    if (!options.use_frac_patch) return concat(size, " in the first permutation");
    return concat(size, ", padded to ", facts.index.padded_text(), " pixels");
}

std::string copies_text(const StartFacts& facts) {
    const auto copies =
        std::ranges::count_if(facts.prepared.dataset.sources(), &data::Source::augmented);
    if (!facts.settings.augment.enable_augmentation) return "off";
    return concat(facts.settings.augment.in_place_augmentation ? "random" : "basic", " scheme, ",
                  core::counted(copies, "augmented copy", "augmented copies"));
}

std::string augmentation_text(const StartFacts& facts) {
    const auto online = settings::default_hyperparameters(facts.settings).online_augmentation;
    if (online == core::AugmentationLevel::none) return copies_text(facts);
    return concat(copies_text(facts), "; ", core::name_of(online), " in every epoch");
}

SettingBlock input_block(const StartFacts& facts) {
    const auto& settings = facts.settings;
    const auto& prepared = facts.prepared;
    SettingBlock block{"input", {}};
    block.settings = {{"volumes", settings.folders.training_data_path},
                      {"masks", settings.folders.mask_data_path},
                      {"preprocessing", preprocessing_text(settings)},
                      {"slices left out", dropped_slices_text(prepared.survey)},
                      {"patches", patches_text(facts)},
                      {"augmentation", augmentation_text(facts)}};
    const auto memory =
        concat(core::bytes_text(static_cast<double>(prepared.dataset.bytes())), ", once a node");
    block.settings.push_back({"slices in memory", memory});
    const auto how = concat(prepared.from_cache ? "read from the cache in " : "prepared in ",
                            core::fixed(prepared.seconds, 2), " s");
    block.settings.push_back({"data set", how});
    block.settings.push_back(
        {"cache", prepared.cache_file.empty()
                      ? "none"
                      : concat(prepared.cache_file, " (",
                               core::bytes_text(static_cast<double>(prepared.cache_bytes)), ")")});
    return block;
}

SettingBlock grid_block(const StartFacts& facts) {
    SettingBlock block{"grid", {}};
    for (const auto& [name, values] : facts.plan.grid->lists()) {
        const auto distribution = facts.plan.distributions.find(name);
        block.settings.push_back({name, distribution == facts.plan.distributions.end()
                                            ? list_text(values)
                                            : distribution->second});
    }
    const auto defaults =
        facts.plan.grid->lists().empty() ? "all hyperparameters at their defaults" : std::string();
    if (!defaults.empty()) block.settings.push_back({"values", defaults});
    block.settings.push_back(
        {"permutations",
         core::join(std::span<const std::string>(facts.plan.selection.lines), "; ")});
    if (const auto folds = folds_text(facts.plan); !folds.empty()) {
        block.settings.push_back({"cross-validation", folds});
    }
    if (const auto refit = refit_outlook(facts.settings, facts.plan); !refit.empty()) {
        block.settings.push_back({"refit", refit});
    }
    if (!facts.sharing.empty()) block.settings.push_back({"shared trainings", facts.sharing});
    if (!facts.going_on.empty()) block.settings.push_back({"extension", facts.going_on});
    block.settings.push_back({"best means", facts.metric});
    if (!facts.search.empty()) block.settings.push_back({"search", facts.search});
    if (!facts.estimate.empty()) block.settings.push_back({"will take", facts.estimate});
    return block;
}

SettingBlock model_block(const StartFacts& facts) {
    const auto permutation =
        first_permutation(facts.plan, settings::default_hyperparameters(facts.settings));
    const auto& architecture = facts.start.architecture;
    SettingBlock block{"model", {}};
    block.settings = {
        {"network",
         concat("2-D U-Net, ",
                core::thousands(static_cast<std::int64_t>(architecture.parameter_count())),
                " weights, ",
                core::thousands(
                    static_cast<std::int64_t>(architecture.trainable_parameter_count(permutation))),
                " of them trained in the first permutation")},
        {"start weights", facts.start.origin},
        {"seed", std::to_string(facts.settings.experiment.seed)}};
    return block;
}

std::string nodes_text(const record::World& world) {
    std::string text = concat(core::counted(world.ranks, "rank"), " on ",
                              core::counted(std::ssize(world.nodes), "node"));
    if (world.nodes.size() <= 4) {
        text += concat(" (", core::join(std::span<const std::string>(world.nodes)), ")");
    }
    return text;
}

std::string stopping_text() {
    if (job::launcher() == "mpirun") {
        return "kill -USR1 on mpirun stops cleanly, resumable; Ctrl-C keeps the last checkpoint";
    }
    return "SIGTERM, SIGUSR1 or Ctrl-C stop cleanly, resumable";
}

/// When the sweep stops by itself; empty where there is neither a time nor a job.
std::string end_text(const StartFacts& facts) {
    if (facts.stop_before) return concat(core::date_text(*facts.stop_before), ", resumable");
    if (!job::this_owner().slurm_job.empty()) return "the job's end is unknown, give --stop_before";
    return {};
}

SettingBlock world_block(const StartFacts& facts) {
    const auto& world = facts.world;
    SettingBlock block{"ranks and devices", {}};
    block.settings = {
        {"MPI", world.mpi},
        {"launcher", job::launcher()},
        {"ranks", nodes_text(world)},
        {"groups", concat(facts.placement.groups, " of ", core::counted(world.group_size, "rank"))},
        {"device", world.device}};
    if (world.gpus > 0) {
        block.settings.push_back({"GPU of each rank", devices_text(facts.placement)});
        if (!facts.trials_per_gpu.empty()) {
            block.settings.push_back({"trials per GPU", facts.trials_per_gpu});
        }
    }
    block.settings.insert(block.settings.end(), {{"precision", world.precision},
                                                 {"threads a rank", std::to_string(world.threads)},
                                                 {"to stop", stopping_text()},
                                                 {"results", facts.folder}});
    if (const auto end = end_text(facts); !end.empty()) {
        block.settings.push_back({"stops by itself", end});
    }
    for (const auto& notice : facts.notices) block.settings.push_back({"note", notice});
    return block;
}

void count(report::DataCount& entry, std::size_t pairs, std::size_t slices, std::size_t samples) {
    entry.pairs = pairs;
    entry.slices = slices;
    entry.samples = samples;
}

}  // namespace

std::string devices_text(const sweep::Placement& placement) {
    std::vector<std::string> texts;
    for (const auto& slot : placement.slots) {
        if (texts.size() == values_shown) {
            texts.emplace_back("… (environment.json)");
            break;
        }
        constexpr std::size_t first_part = 12;  // "GPU-5a1b2c3d"
        texts.push_back(
            concat(slot.rank, ": ", slot.uuid.empty() ? "none" : slot.uuid.substr(0, first_part)));
    }
    return core::join(std::span<const std::string>(texts));
}

std::string preprocessing_text(const settings::TrainSettings& settings) {
    const auto& options = settings.preprocess;
    const auto axis = options.axis_of_slices();
    const std::string slices = axis == imaging::SliceAxis::third
                                   ? ""
                                   : concat(", slices along axis ", core::name_of(axis));
    if (options.by_spacing()) {
        return concat("to ", options.horizontal(), " × ", options.horizontal(), " × ",
                      options.interlayer(), " mm", slices);
    }
    return concat("to ", options.target(), " pixels width, field of view kept", slices);
}

std::string dropped_slices_text(const prepare::Survey& survey) {
    std::size_t ends = 0;
    std::size_t scans = 0;
    std::size_t dark = 0;
    for (const auto& surveyed : survey.pairs) {
        ends += surveyed.dropped.ends;
        scans += surveyed.dropped.ends > 0 ? 1 : 0;
        dark += surveyed.dropped.dark;
    }
    std::vector<std::string> parts;
    if (ends > 0) {
        parts.push_back(concat(ends, " with mask at the ends of ", core::counted(scans, "scan"),
                               " (--end_slices keep keeps them)"));
    }
    if (dark > 0) parts.push_back(concat(dark, " with mask without a value above 0.2"));
    if (parts.empty()) return "none with mask";
    return core::join(std::span<const std::string>(parts));
}

report::DataCounts data_counts(const data::Dataset& dataset, const data::PatchIndex& index) {
    const auto summary = prepare::summarise(dataset, &index);
    report::DataCounts counts;
    for (std::size_t m = 0; m < summary.by_modality.size(); ++m) {
        const auto& of = summary.by_modality[m];
        count(counts.training[m], of.training_pairs, of.training_slices, of.training_samples);
        count(counts.validation[m], of.validation_pairs, of.validation_slices,
              of.validation_samples);
    }
    for (std::size_t sample = 0; sample < index.size(); ++sample) {
        const auto& source = dataset.source_of(dataset.slices()[index.windows()[sample].slice]);
        if (!source.augmented) continue;
        auto& split = source.validation ? counts.validation : counts.training;
        ++split[static_cast<std::size_t>(source.modality)].augmented_samples;
    }
    return counts;
}

report::StartTable start_table(const StartFacts& facts) {
    report::StartTable table;
    table.headline =
        concat("msunet ", job::version(), " - ", std::filesystem::path(facts.folder).filename());
    table.blocks = {input_block(facts), grid_block(facts), model_block(facts), world_block(facts)};
    table.data = data_counts(facts.prepared.dataset, facts.index);
    return table;
}

}  // namespace msunet::plan
