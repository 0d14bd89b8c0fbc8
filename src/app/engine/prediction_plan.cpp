// SPDX-License-Identifier: Apache-2.0
#include "prediction_plan.hpp"

#include <span>
#include <utility>

#include "../on_root.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/io/nifti_file.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::app {

namespace {

/// A scan that can't be used costs next to nothing; it is reported by the rank that reads it.
constexpr double bad_scan_cost = 1;

/// Rank 0: everything that names and folders tell.
std::vector<ScanTask> list_tasks(const PredictSettings& settings) {
    auto list = predict::find_scans(settings.predict.input);
    if (!list.skipped.empty()) {
        core::log::warn(core::concat(list.skipped.size(),
                                     " entries of the INPUT folders are no scans and are skipped: ",
                                     core::join(std::span<const std::string>(list.skipped))));
    }
    predict::check_outputs(list.scans, settings.predict);
    predict::References references;
    if (settings.predict.reference) {
        references = predict::pair_references(list.scans, *settings.predict.reference);
        for (const auto& warning : references.warnings) core::log::warn(warning);
    }
    std::vector<ScanTask> tasks;
    for (std::size_t i = 0; i < list.scans.size(); ++i) {
        ScanTask task{.scan = list.scans[i],
                      .outputs = predict::outputs_of(list.scans[i], settings.predict)};
        if (!references.of_scan.empty()) task.reference = references.of_scan[i];
        task.skipped = !settings.predict.overwrite && task.outputs.exist();
        tasks.push_back(std::move(task));
    }
    return tasks;
}

/// Paths are bytes, not UTF-8: fields end with a zero byte, which no path has.
void put(std::string& text, std::string_view field) {
    text += field;
    text += '\0';
}

std::string encode(const std::vector<ScanTask>& tasks) {
    std::string text;
    for (const ScanTask& task : tasks) {
        put(text, task.scan.file.native());
        put(text, task.scan.folder.native());
        put(text, task.skipped ? "1" : "");
        put(text, task.reference ? task.reference->mask.native() : "");
        put(text, task.reference ? core::name_of(task.reference->modality) : "");
    }
    return text;
}

std::vector<ScanTask> decode(const std::string& text, const predict::PredictOptions& options) {
    const auto fields = core::split(text, '\0');
    constexpr std::size_t each = 5;
    std::vector<ScanTask> tasks;
    for (std::size_t i = 0; i + each < fields.size(); i += each) {
        ScanTask task{.scan = {.file = fields[i], .folder = fields[i + 1]}};
        task.outputs = predict::outputs_of(task.scan, options);
        task.skipped = !fields[i + 2].empty();
        if (!fields[i + 3].empty()) {
            task.reference = {.mask = fields[i + 3],
                              .modality = core::modality_named(fields[i + 4]).value()};
        }
        tasks.push_back(std::move(task));
    }
    return tasks;
}

/// Relative cost of a scan: reading, and its pixels in all windows.
double cost_of(const ScanTask& task, const io::NiftiFile& file,
               const predict::ScanOptions& options) {
    if (task.skipped) return file.cost();
    const auto grid = imaging::grid_for(file.header().geometry, options.preprocess);
    const auto windows =
        predict::windows_of(options.windows.patches, static_cast<std::uint32_t>(grid.size[1]),
                            static_cast<std::uint32_t>(grid.size[0]));
    // A pixel costs the network a few microseconds, reading a byte a few nanoseconds.
    constexpr double pixel = 1000;
    return file.cost() + pixel * static_cast<double>(grid.size[2] * windows.size()) *
                             windows.front().height * windows.front().width;
}

/// The cost of a scan that is opened for it.
double surveyed_cost(const ScanTask& task, const predict::ScanOptions& options) {
    prepare::Findings unused;
    const auto file = prepare::open_scan(task.scan.file, unused);
    if (!file || !prepare::resampled_grid(*file, options.preprocess, unused)) return bad_scan_cost;
    return cost_of(task, *file, options);
}

/// Collective: costs of all tasks, by which the ranks share them. Of several ranks each opens a
/// share of the scans for their headers; one rank alone opens none.
void set_costs(PredictionPlan& plan, const predict::ScanOptions& options, bool reads_skipped,
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

predict::ScanOptions scan_options(const PredictSettings& settings, const TrainedModel& model) {
    predict::ScanOptions options;
    options.preprocess = settings.preprocess;
    options.outliers = settings.model.outlier_value.value_or(
        imaging::outlier_value(settings.patches.use_frac_patch));
    options.windows = {
        .patches = data::patch_spec(settings.patches, settings.model.patch_dimensions,
                                    settings.model.patch_stride),
        .combination = settings.predict.combine,
        .input_height = model.input_height,
        .input_width = model.input_width,
        .batch_size = settings.predict.batch_size};
    return options;
}

PredictionPlan plan_prediction(const PredictSettings& settings, const predict::ScanOptions& options,
                               const comm::Communicator& world) {
    std::string text;
    on_root(world, [&] {
        text = encode(list_tasks(settings));
        return std::string();
    });
    PredictionPlan plan;
    plan.tasks = decode(world.broadcast(std::move(text)), settings.predict);
    set_costs(plan, options, settings.predict.qc || settings.predict.reference, world);
    return plan;
}

}  // namespace msunet::app
