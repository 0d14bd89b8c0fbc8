// SPDX-License-Identifier: Apache-2.0
#include "prediction_plan.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "../on_root.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/prepare/check.hpp"

namespace msunet::app {

using nlohmann::json;

namespace {

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
void check_headers(PredictionPlan& plan, const predict::ScanOptions& options, bool looks_at_skipped,
                   const comm::Communicator& world) {
    json mine = json::array();
    for (auto i = static_cast<std::size_t>(world.rank()); i < plan.tasks.size();
         i += static_cast<std::size_t>(world.size())) {
        const ScanTask& task = plan.tasks[i];
        if (task.skipped && !looks_at_skipped) continue;
        prepare::Findings findings;
        const auto header = prepare::check_header(task.scan.file, findings);
        mine.push_back({i, header ? cost_of(task, *header, options) : 0.0, findings.problems});
    }
    std::vector<std::vector<std::string>> problems(plan.tasks.size());
    for (const auto& text :
         world.all_gather(mine.dump(-1, ' ', false, json::error_handler_t::replace))) {
        for (const auto& found : json::parse(text)) {
            const auto i = found[0].get<std::size_t>();
            plan.tasks[i].cost = found[1].get<double>();
            problems[i] = found[2].get<std::vector<std::string>>();
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
    check_headers(plan, options, settings.predict.qc || settings.predict.reference, world);
    return plan;
}

}  // namespace msunet::app
