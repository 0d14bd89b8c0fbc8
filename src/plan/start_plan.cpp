// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/start_plan.hpp"

#include <utility>

#include "msunet/comm/on_root.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/time.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/sweep/data_parts.hpp"

namespace msunet::plan {

namespace {

/// `ask_slurm`: whether this rank asks Slurm when the job ends.
dispatch::SweepLimits limits_of(const settings::TrainSettings& settings,
                                const sweep::DataParts& parts, double now, bool ask_slurm) {
    dispatch::SweepLimits limits;
    if (const auto& limit = settings.sweep.time_limit) limits.time_limit = limit->unix_seconds(now);
    if (const auto& target = settings.sweep.performance_target) {
        sweep::check_target(*target, parts);
        limits.target = target;
    }
    constexpr double margin_seconds = 120;
    if (const auto& deadline = settings.experiment.stop_before) {
        limits.stop_before = deadline->unix_seconds(now);
    } else if (ask_slurm) {
        if (const auto end = job::job_end()) limits.stop_before = *end - margin_seconds;
    }
    return limits;
}

/// An experiment that is resumed may be ended by a limit that has passed; a new one would be empty.
void check_limits(const settings::TrainSettings& settings, double now) {
    const auto check = [now](const char* option, const std::optional<core::Deadline>& given) {
        if (!given || given->unix_seconds(now) > now) return;
        throw core::UsageError({.option = option,
                                .got = given->text,
                                .problem = "has passed",
                                .why = "no trial would start",
                                .advice = "give a later time"});
    };
    check("--time_limit", settings.sweep.time_limit);
    check("--stop_before", settings.experiment.stop_before);
}

}  // namespace

weights::StartModel load_start(const settings::TrainSettings& settings,
                               const comm::Communicator& world) {
    return weights::load_start_model(unet::published_architecture(),
                                     settings.experiment.initial_model_path,
                                     static_cast<std::uint64_t>(settings.experiment.seed), world,
                                     settings.split.folds ? settings.split.repeats : 1);
}

StartPlan plan_start(const settings::TrainSettings& settings, const GridPlan& plan,
                     weights::StartModel start, const prepare::Survey& survey,
                     record::DataSummary data, const std::vector<sweep::Node>& nodes,
                     const comm::Communicator& world) {
    const auto folds = fold_plan_of(settings, survey);
    add_folds(data, folds);
    const auto parts = sweep::parts_of(data);
    check_needs(settings, plan, parts);
    StartPlan decided{.has_validation = parts.has_validation(), .start = std::move(start)};
    decided.first = sweep_start(settings, plan, decided.start, survey, std::move(data), parts);
    check_first_fold(decided.first.metric, survey, folds, plan.folding);
    decided.limits = limits_of(settings, parts, decided.first.at, world.is_root());
    decided.open = find_experiment(settings, decided.first, world);
    if (decided.open.finished) return decided;
    const bool is_new = !decided.open.group_size;
    comm::on_root(world, [&] {
        if (is_new) return check_limits(settings, decided.first.at);
        core::try_folder(decided.open.folder, core::ExitCode::usage);
    });
    decided.placement = sweep::place(placement_request(settings, plan, nodes, decided.open));
    return decided;
}

}  // namespace msunet::plan
