// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/prediction_plan.hpp"

#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/experiment/validation_scans.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/io/nifti_file.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::predict {

template <class Archive>
void path_field(Archive& archive, std::string_view name, auto& path) {
    archive.converted(
        name, path, [](const std::filesystem::path& value) { return value.native(); },
        [](std::string text) { return std::filesystem::path(std::move(text)); });
}

template <class Archive, codec::Is<ScanFile> T>
void fields(Archive& archive, T& scan) {
    path_field(archive, "file", scan.file);
    path_field(archive, "folder", scan.folder);
}

template <class Archive, codec::Is<ScanState> T>
void fields(Archive& archive, T& state) {
    archive("file", state.file);
    archive("size", state.size);
    archive("modified", state.modified);
}

template <class Archive, codec::Is<ScanTask> T>
void fields(Archive& archive, T& task) {
    archive("scan", task.scan);
    archive("state", task.state);
    archive("skipped", task.skipped);
    archive("reference", task.reference);
    archive("modality", task.modality);
}

namespace {

/// A scan that can't be used costs next to nothing; it is reported by the rank that reads it.
constexpr double bad_scan_cost = 1;

/// `given`, else what the names of the manual mask and of the scan with its folders say.
std::optional<core::Modality> modality_of(const ScanTask& task,
                                          std::optional<core::Modality> given) {
    if (given) return given;
    if (task.reference) {
        const auto name = std::filesystem::path(*task.reference).filename().string();
        if (const auto found = core::modality_of(name)) return found;
    }
    return modality_of(task.scan);
}

/// The name of a scan's results in the record.
std::string name_in_record(const ScanTask& task) {
    return (task.scan.folder / task.outputs.mask.filename()).string();
}

/// Throws where the results or the page can't be written: core::FileError with the exit code of
/// wrong options, and core::UsageError.
void check_writable(const PredictOptions& options) {
    core::try_folder(options.output, core::ExitCode::usage);
    if (!options.qc) return;
    const std::filesystem::path page = *options.qc;
    std::error_code ignored;
    if (std::filesystem::is_directory(page, ignored)) {
        throw core::UsageError({.option = "--qc",
                                .path = page,
                                .got = page,
                                .problem = "is a folder",
                                .advice = "give a file"});
    }
    core::try_folder(std::filesystem::absolute(page).parent_path(), core::ExitCode::usage);
}

/// How results that exist differ from what `maker` would make; nothing if none exist.
ResultDifference difference_of(const ResultRecord& record, const ScanTask& task,
                               const Maker& maker) {
    if (!task.outputs.any_exists()) return {};
    return record.difference(name_in_record(task), maker,
                             {.scan = task.state, .brain = task.outputs.brain_exists()});
}

/// Rank 0: decides which scans are skipped.
void skip_done(std::vector<ScanTask>& tasks, const std::string& output, const Maker& maker) {
    const auto record = ResultRecord::read(output);
    std::vector<ResultDifference> differences;
    for (ScanTask& task : tasks) {
        auto difference = difference_of(record, task, maker);
        if (difference.any()) differences.push_back(std::move(difference));
        task.skipped = task.outputs.exist();
    }
    check_no_difference(differences, output);
}

/// Rank 0: the scans as files and folders name them.
std::vector<ScanTask> list_tasks(const settings::PredictSettings& settings, const Maker& maker) {
    auto list = find_scans(settings.predict.input);
    if (!list.skipped.empty()) {
        core::log::warn(core::concat(
            core::counted(std::ssize(list.skipped), "entry of the INPUT folders is no scan and is",
                          "entries of the INPUT folders are no scans and are"),
            " skipped: ", core::joined_list(list.skipped)));
    }
    if (!list.results.empty()) {
        core::log::warn(core::concat(
            core::counted(
                std::ssize(list.results),
                "file of the INPUT folders is the result of an earlier prediction and is",
                "files of the INPUT folders are results of an earlier prediction and are"),
            " skipped: ", core::joined_list(list.results)));
    }
    check_outputs(list.scans, settings.predict);
    check_writable(settings.predict);
    References references;
    std::vector<core::Modality> recorded;  // of validation scans, as in their training
    if (settings.predict.validation) {
        for (const auto& one : experiment::validation_scans(*settings.predict.validation)) {
            references.of_scan.push_back(one.mask);
            recorded.push_back(one.modality);
        }
    } else if (settings.predict.reference) {
        references = pair_references(list.scans, *settings.predict.reference);
        for (const auto& warning : references.warnings) core::log::warn(warning);
    }
    std::vector<ScanTask> tasks;
    for (std::size_t i = 0; i < list.scans.size(); ++i) {
        ScanTask task{.scan = list.scans[i],
                      .outputs = outputs_of(list.scans[i], settings.predict)};
        if (!references.of_scan.empty()) task.reference = references.of_scan[i].string();
        task.modality =
            recorded.empty() ? modality_of(task, settings.predict.modality) : recorded[i];
        task.state = state_of(task.scan.file);
        tasks.push_back(std::move(task));
    }
    if (!settings.predict.overwrite) skip_done(tasks, settings.predict.output, maker);
    return tasks;
}

/// Relative cost of a scan: reading, and its pixels in all windows.
double cost_of(const ScanTask& task, const io::NiftiFile& file, const ScanOptions& options) {
    if (task.skipped) return file.cost();
    const auto grid =
        imaging::grid_for(prepare::geometry_of(file, options.preprocess), options.preprocess);
    const auto windows =
        windows_of(options.windows.patches, static_cast<std::uint32_t>(grid.size[1]),
                   static_cast<std::uint32_t>(grid.size[0]));
    // A pixel costs the network a few microseconds, reading a byte a few nanoseconds.
    constexpr double pixel = 1000;
    return file.cost() + pixel * static_cast<double>(grid.size[2] * windows.size()) *
                             windows.front().height * windows.front().width;
}

/// The cost of a scan that is opened for it.
double surveyed_cost(const ScanTask& task, const ScanOptions& options) {
    prepare::Findings unused;
    const auto file = prepare::open_scan(task.scan.file, unused);
    if (!file || !prepare::resampled_grid(*file, options.preprocess, unused)) return bad_scan_cost;
    return cost_of(task, *file, options);
}

/// Collective: costs of all tasks, by which the ranks share them. Of several ranks each opens a
/// share of the scans for their headers; one rank alone opens none.
void set_costs(PredictionPlan& plan, const ScanOptions& options, bool reads_skipped,
               const comm::Communicator& world) {
    std::vector<double> costs(plan.tasks.size());
    for (std::size_t i = 0; i < costs.size(); ++i) {
        const ScanTask& task = plan.tasks[i];
        const bool mine =
            i % static_cast<std::size_t>(world.size()) == static_cast<std::size_t>(world.rank());
        if (!mine || (task.skipped && !reads_skipped)) continue;
        costs[i] = world.size() == 1 ? 1 : surveyed_cost(task, options);
    }
    world.all_reduce(std::span<double>(costs), comm::Operation::sum);
    for (std::size_t i = 0; i < costs.size(); ++i) plan.tasks[i].cost = costs[i];
}

}  // namespace

ScanOptions scan_options(const settings::PredictSettings& settings,
                         const weights::TrainedModel& model) {
    ScanOptions options;
    options.preprocess = settings.preprocess;
    options.outliers = settings.model.outlier_value.value_or(
        imaging::outlier_value(settings.patches.use_frac_patch));
    options.flip = settings.mirrors();
    options.threshold = settings.predict.threshold;
    options.clean = settings.predict.clean;
    options.windows = {
        .patches = data::patch_spec(settings.patches, settings.model.patch_dimensions,
                                    settings.model.patch_stride),
        .combination = settings.predict.combine,
        .input_height = model.input_height,
        .input_width = model.input_width,
        .batch_size = settings.predict.batch_size};
    return options;
}

PredictionPlan plan_prediction(const settings::PredictSettings& settings,
                               const ScanOptions& options, const Maker& maker,
                               const comm::Communicator& world) {
    PredictionPlan plan;
    plan.tasks = comm::on_root(world, [&] { return list_tasks(settings, maker); });
    for (auto& task : plan.tasks) task.outputs = outputs_of(task.scan, settings.predict);
    set_costs(plan, options, settings.predict.qc || settings.predict.compares(), world);
    return plan;
}

void record_before(const PredictionPlan& plan, const settings::PredictSettings& settings,
                   const Maker& maker) {
    auto record = ResultRecord::read(settings.predict.output);
    for (const ScanTask& task : plan.tasks) {
        if (task.skipped) continue;
        // Until an old result is replaced, the new record would not be true of it.
        if (difference_of(record, task, maker).any()) {
            record.remove(name_in_record(task));
        } else {
            record.set(name_in_record(task), maker,
                       {.scan = task.state, .brain = settings.predict.brain});
        }
    }
    record.write(settings.predict.output);
}

void record_after(const PredictionPlan& plan, const settings::PredictSettings& settings,
                  const Maker& maker, const std::vector<std::size_t>& predicted) {
    // Read again: another command with the same output folder may have written it meanwhile.
    auto record = ResultRecord::read(settings.predict.output);
    const auto add = [&](const ScanTask& task) {
        record.set(name_in_record(task), maker,
                   {.scan = task.state, .brain = settings.predict.brain});
    };
    for (const ScanTask& task : plan.tasks) {
        if (task.skipped) add(task);
    }
    for (const std::size_t number : predicted) add(plan.tasks[number]);
    record.write(settings.predict.output);
}

}  // namespace msunet::predict
