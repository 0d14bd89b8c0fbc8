// SPDX-License-Identifier: Apache-2.0
#include "run_sweep.hpp"

#include <utility>

#include "bookkeeper.hpp"
#include "msunet/core/time.hpp"
#include "msunet/sweep/strategy.hpp"

namespace msunet::app {

namespace {

dispatch::DispatcherMachine make_machine(const DispatcherSetup& setup,
                                         const sweep::Placement& placement) {
    const auto& record = setup.journal.record();
    sweep::Scheduler scheduler(
        sweep::plans(record, setup.cost), placement.groups, sweep::grid_strategy(),
        [&record](record::TrialId trial) { return record.permutation(trial); });
    return {record, dispatch::leaders_of(placement), std::move(scheduler), setup.limits,
            core::unix_now()};
}

}  // namespace

std::optional<dispatch::SweepEnding> run_sweep(const TrainSettings& settings,
                                               const std::filesystem::path& folder,
                                               const sweep::Placement& placement,
                                               const dispatch::TrialRunner& run,
                                               const DispatcherSetup* setup,
                                               const comm::Communicator& world) {
    dispatch::Channel channel(world);
    if (setup == nullptr) {
        dispatch::take_part(channel, placement, world.rank(), run, nullptr);
        return std::nullopt;
    }
    Bookkeeper bookkeeper(
        {folder, settings.train.keep_models == train::KeepModels::all,
         settings.experiment.tensorboard, setup->has_validation, placement.groups},
        setup->journal.record());
    dispatch::Dispatcher dispatcher(channel, make_machine(*setup, placement), setup->journal,
                                    bookkeeper);
    dispatch::take_part(channel, placement, world.rank(), run, &dispatcher);
    return dispatcher.finish();
}

}  // namespace msunet::app
