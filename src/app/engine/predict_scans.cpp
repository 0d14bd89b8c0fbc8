// SPDX-License-Identifier: Apache-2.0
#include "predict_scans.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/comm/or_end_job.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/device/rank_devices.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/job/version.hpp"
#include "msunet/job/world.hpp"
#include "msunet/model/network.hpp"
#include "msunet/predict/flagged_masks.hpp"
#include "msunet/predict/prediction_plan.hpp"
#include "msunet/predict/scan_progress.hpp"
#include "msunet/predict/scan_worker.hpp"
#include "msunet/predict/training_scans_text.hpp"
#include "msunet/prepare/deal.hpp"
#include "msunet/prepare/read_scan.hpp"
#include "msunet/report/dice_table.hpp"
#include "msunet/report/qc.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/weights/ensemble.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

/// Every rank predicts alone; those of a node divide its GPUs evenly.
sweep::Placement place_predictors(const std::vector<sweep::Node>& nodes,
                                  std::optional<std::int64_t> threads, int ranks) {
    sweep::PlacementRequest request;
    request.nodes = nodes;
    request.ranks_per_trial = {sweep::RanksPerTrial::Kind::number, 1};
    request.trials = static_cast<std::uint64_t>(ranks);
    request.trials_per_gpu = ranks;
    request.threads = threads;
    return sweep::place(request);
}

/// Collective over `world`: finds the devices, and sets this rank's device and threads.
device::Compute make_compute(const predict::PredictOptions& options,
                             const comm::Communicator& world,
                             const device::AcceleratorSource& source) {
    job::undo_launcher_binding();
    const comm::NodeTopology topology(world);
    device::Compute compute(options.device, options.precision, topology, source);
    const auto nodes = job::describe_nodes(topology, compute.visible_devices());
    const auto placement = place_predictors(nodes, options.threads, world.size());
    if (world.is_root()) {
        for (const auto& notice : compute.notices()) core::log::info(notice);
        if (compute.on_gpu()) {
            core::log::info(concat(
                "computes on ", device::gpus_text(device::used_gpus_by_name(nodes, placement)),
                " in ", compute.precision_name(), " (", core::counted(world.size(), "rank"), ")"));
        }
    }
    comm::or_end_job(world, [&] { compute.use(placement); });
    const auto& slot = placement.slots[static_cast<std::size_t>(world.rank())];
    imaging::set_threads(static_cast<int>(slot.threads));
    return compute;
}

std::vector<double> costs_of(const std::vector<predict::ScanTask>& tasks) {
    std::vector<double> costs(tasks.size());
    std::ranges::transform(tasks, costs.begin(), &predict::ScanTask::cost);
    return costs;
}

/// Works on this rank's scans, costliest first. A failure that is not the scan's fault ends this
/// rank's work: the next scan would fail too.
std::vector<predict::ScanReport> work_on_share(const predict::PredictionPlan& plan,
                                               const predict::WorkRules& rules,
                                               std::span<const weights::TrainedModel> models,
                                               const device::Compute& compute,
                                               const comm::Communicator& world) {
    const auto costs = costs_of(plan.tasks);
    const auto total = costs.size() - static_cast<std::size_t>(std::ranges::count(costs, 0.0));
    const auto owners = prepare::assign_tasks(costs, world.size());
    predict::ScanProgress progress(world, total);
    std::vector<predict::ScanReport> reports;
    std::vector<predict::SlicePredictor> networks;
    const auto predictors = [&]() -> std::span<predict::SlicePredictor> {
        if (!networks.empty()) return networks;
        for (const weights::TrainedModel& model : models) {
            networks.emplace_back(compute.inference_network(model.architecture, model.weights),
                                  *rules.settings.model.final_activation);
        }
        return networks;
    };
    for (const std::size_t i : prepare::tasks_of(costs, owners, world.rank())) {
        progress.poll();
        if (costs[i] == 0 || progress.stopping()) continue;
        reports.push_back(
            predict::work_on_scan(plan.tasks[i], i, rules, predictors, [&] { progress.poll(); }));
        progress.scan_ended();
        if (reports.back().failed) break;
    }
    progress.wait_for_all();
    return reports;
}

/// Collective over `world`: on rank 0 the reports of all ranks in the order of the scans.
std::vector<predict::ScanReport> gather_reports(const std::vector<predict::ScanReport>& mine,
                                                const comm::Communicator& world) {
    std::vector<predict::ScanReport> all;
    for (const auto& text : world.gather(codec::to_json(mine))) {
        auto reports = codec::from_json<std::vector<predict::ScanReport>>(text);
        std::ranges::move(reports, std::back_inserter(all));
    }
    std::ranges::sort(all, {}, &predict::ScanReport::task);
    return all;
}

/// The scans whose results were written.
std::vector<std::size_t> predicted_tasks(const predict::PredictionPlan& plan,
                                         const std::vector<predict::ScanReport>& reports) {
    std::vector<std::size_t> tasks;
    for (const predict::ScanReport& report : reports) {
        const bool read = report.height > 0;
        if (read && !report.failed && !plan.tasks[report.task].skipped) {
            tasks.push_back(report.task);
        }
    }
    return tasks;
}

/// Writes dice.csv and prints the means.
void write_dice(const std::vector<predict::ScanReport>& reports, const fs::path& file) {
    std::vector<report::ScanDice> scans;
    for (const predict::ScanReport& report : reports) {
        if (report.compared) scans.push_back(*report.compared);
    }
    core::write_file_atomically(file, report::dice_csv(scans));
    if (scans.empty()) return;
    core::log::info(concat("mean Dice    ", report::mean_dice_text(scans), ", by scan in ", file));
    const auto hausdorff = report::mean_hausdorff95_text(scans);
    if (!hausdorff.empty()) core::log::info(concat("Hausdorff 95 ", hausdorff, ", in mm"));
    core::log::info(concat("surface Dice ", report::mean_surface_dice_text(scans)));
}

void write_page(const settings::PredictSettings& settings,
                std::span<const weights::TrainedModel> models,
                const std::vector<core::Problem>& problems,
                std::vector<predict::ScanReport>& reports) {
    const fs::path file = *settings.predict.qc;
    std::vector<std::string> lines;
    std::ranges::transform(problems, std::back_inserter(lines), core::text_of);
    std::vector<std::string> scans;
    for (predict::ScanReport& report : reports) {
        if (!report.qc.empty()) scans.push_back(std::move(report.qc));
    }
    if (file.has_parent_path()) core::make_directories(file.parent_path());
    core::write_file_atomically(
        file, report::qc_html(
                  {.model = concat(weights::models_text(models), settings::mirrors_text(settings)),
                   .output = settings.predict.output,
                   .version = std::string(job::version()),
                   .problems = std::move(lines)},
                  scans));
    core::log::info(concat("wrote ", file, ": outlines on slices of every scan"));
}

/// Rank 0: prints the summary, writes dice.csv and the page. Throws if a scan could not be
/// predicted.
core::ExitCode finish(const predict::PredictionPlan& plan,
                      const settings::PredictSettings& settings,
                      std::span<const weights::TrainedModel> models,
                      std::vector<predict::ScanReport>& reports, bool stopped, double seconds) {
    std::vector<core::Problem> problems;
    std::vector<prepare::Remark> remarks;
    std::size_t predicted = 0;
    bool failed = false;
    for (const predict::ScanReport& report : reports) {
        for (const auto& warning : report.warnings) core::log::warn(warning);
        std::ranges::copy(report.remarks, std::back_inserter(remarks));
        problems.insert(problems.end(), report.problems.begin(), report.problems.end());
        failed = failed || report.failed;
        if (report.problems.empty() && !plan.tasks[report.task].skipped) ++predicted;
    }
    for (const auto& warning : prepare::joined(remarks)) core::log::warn(warning);
    const auto skipped = std::ranges::count(plan.tasks, true, &predict::ScanTask::skipped);
    if (skipped > 0) {
        core::log::info(concat(core::counted(skipped, "scan is", "scans are"), " skipped because ",
                               skipped == 1 ? "its" : "their",
                               " results exist; --overwrite True predicts ",
                               skipped == 1 ? "it" : "them", " again"));
    }
    core::log::info(concat("predicted    ", core::counted(predicted, "scan"), " in ",
                           core::duration_text(seconds), ", results in ", settings.predict.output));
    predict::print_height_for_msunet_ram(settings, reports);
    predict::flag_against_others(plan, reports);
    predict::warn_of_flagged(plan, reports, settings.predict.qc.has_value());
    if (stopped) {
        core::log::info(concat("stopped by a signal before all ", plan.tasks.size(),
                               " scans were done; the same command continues"));
        return core::ExitCode::stopped;
    }
    if (settings.predict.compares()) {
        core::make_directories(settings.predict.output);
        write_dice(reports, fs::path(settings.predict.output) / "dice.csv");
    }
    if (settings.predict.qc) write_page(settings, models, problems, reports);
    if (!problems.empty()) {
        throw core::Error(failed ? core::ExitCode::failure : core::ExitCode::input, problems);
    }
    return core::ExitCode::ok;
}

/// The training scans of all models.
std::vector<predict::ModalityScans> all_training_scans(
    std::span<const weights::TrainedModel> models) {
    std::vector<std::vector<predict::ModalityScans>> scans;
    for (const weights::TrainedModel& model : models) {
        scans.push_back(predict::training_scans_of(model.training_scans));
    }
    return predict::joined_ranges(scans);
}

}  // namespace

core::ExitCode predict_scans(const settings::PredictSettings& settings,
                             std::span<const weights::TrainedModel> models,
                             const comm::Communicator& world) {
    return predict_scans(settings, models, world, device::installed_accelerator());
}

core::ExitCode predict_scans(const settings::PredictSettings& settings,
                             std::span<const weights::TrainedModel> models,
                             const comm::Communicator& world,
                             const device::AcceleratorSource& source) {
    const double began = core::steady_seconds();
    const auto options = predict::scan_options(settings, models.front());
    // First: what is wrong with the scans is said before a GPU is started.
    const predict::Maker maker(models, settings::result_options(settings));
    const auto plan = predict::plan_prediction(settings, options, maker, world);
    const device::Compute compute = make_compute(settings.predict, world, source);
    const predict::WorkRules rules{
        .settings = settings, .options = options, .training = all_training_scans(models)};
    comm::on_root(world, [&] { predict::record_before(plan, settings, maker); });
    const auto mine = work_on_share(plan, rules, models, compute, world);
    auto reports = gather_reports(mine, world);
    const bool asked = world.any_of(core::stop_requested());
    return comm::on_root(world, [&] {
        predict::record_after(plan, settings, maker, predicted_tasks(plan, reports));
        const auto due = std::ranges::count_if(
            plan.tasks, [](const predict::ScanTask& task) { return task.cost > 0; });
        const bool stopped = asked && static_cast<std::ptrdiff_t>(reports.size()) < due;
        return finish(plan, settings, models, reports, stopped, core::steady_seconds() - began);
    });
}

}  // namespace msunet::app
