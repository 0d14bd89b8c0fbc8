// SPDX-License-Identifier: Apache-2.0
#include "prediction_plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "../on_root.hpp"
#include "msunet/codec/json.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/prepare/check.hpp"

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

template <class Archive, codec::Is<Reference> T>
void fields(Archive& archive, T& reference) {
    path_field(archive, "mask", reference.mask);
    archive("modality", reference.modality);
}

}  // namespace msunet::predict

namespace msunet::app {

template <class Archive, codec::Is<ScanTask> T>
void fields(Archive& archive, T& task) {
    archive("scan", task.scan);
    archive("skipped", task.skipped);
    archive("reference", task.reference);
}

namespace {

/// Rank 0: the scans as files and folders name them.
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

/// The header of one scan, as the rank that read it found it.
struct HeaderCheck {
    std::size_t task = 0;
    double cost = 0;
    std::vector<std::string> problems;
};

template <class Archive, codec::Is<HeaderCheck> T>
void fields(Archive& archive, T& check) {
    archive("task", check.task);
    archive("cost", check.cost);
    archive("problems", check.problems);
}

/// Relative cost of a scan whose header is fine: its pixels in all windows, and reading.
double cost_of(const ScanTask& task, const prepare::CheckedHeader& header,
               const predict::ScanOptions& options) {
    if (task.skipped) return header.cost;
    const auto grid = imaging::grid_for(header.geometry, options.preprocess);
    const auto windows =
        predict::windows_of(options.windows.patches, static_cast<std::uint32_t>(grid.size[1]),
                            static_cast<std::uint32_t>(grid.size[0]));
    // A pixel costs the network a few microseconds, reading a byte a few nanoseconds.
    constexpr double pixel = 1000;
    return header.cost + pixel * static_cast<double>(grid.size[2] * windows.size()) *
                             windows.front().height * windows.front().width;
}

/// Collective: every header, each rank its share.
void check_headers(PredictionPlan& plan, const predict::ScanOptions& options, bool reads_skipped,
                   const comm::Communicator& world) {
    std::vector<HeaderCheck> mine;
    for (auto i = static_cast<std::size_t>(world.rank()); i < plan.tasks.size();
         i += static_cast<std::size_t>(world.size())) {
        const ScanTask& task = plan.tasks[i];
        if (task.skipped && !reads_skipped) continue;
        prepare::Findings findings;
        const auto header = prepare::check_header(task.scan.file, findings);
        mine.push_back({i, header ? cost_of(task, *header, options) : 0.0, findings.problems});
    }
    std::vector<std::vector<std::string>> problems(plan.tasks.size());
    for (const auto& text : world.all_gather(codec::to_json(mine))) {
        for (auto& check : codec::from_json<std::vector<HeaderCheck>>(text)) {
            plan.tasks[check.task].cost = check.cost;
            problems[check.task] = std::move(check.problems);
        }
    }
    for (const auto& of_scan : problems) {
        std::ranges::copy(of_scan, std::back_inserter(plan.problems));
    }
}

}  // namespace

predict::ScanOptions scan_options(const PredictSettings& settings, const TrainedModel& model) {
    predict::ScanOptions options;
    options.preprocess = settings.preprocess;
    options.outliers = settings.model.outlier_value == "median" ? imaging::OutlierValue::median
                                                                : imaging::OutlierValue::ten_means;
    options.windows = {
        .patches = data::patch_spec(settings.patches, settings.model.patch_dimensions,
                                    settings.model.patch_stride),
        .combination = settings.predict.combine == "maximum" ? predict::Combination::maximum
                                                             : predict::Combination::mean,
        .input_height = model.input_height,
        .input_width = model.input_width,
        .batch_size = settings.predict.batch_size};
    return options;
}

PredictionPlan plan_prediction(const PredictSettings& settings, const predict::ScanOptions& options,
                               const comm::Communicator& world) {
    PredictionPlan plan;
    plan.tasks = on_root(world, [&] { return list_tasks(settings); });
    for (auto& task : plan.tasks) task.outputs = predict::outputs_of(task.scan, settings.predict);
    check_headers(plan, options, settings.predict.qc || settings.predict.reference, world);
    return plan;
}

}  // namespace msunet::app
