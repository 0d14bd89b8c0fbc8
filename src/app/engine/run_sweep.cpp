// SPDX-License-Identifier: Apache-2.0
#include "run_sweep.hpp"

#include <utility>
#include <variant>

#include "msunet/core/time.hpp"
#include "msunet/sweep/strategy.hpp"
#include "superfluous_files.hpp"
#include "sweep_reporter.hpp"

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

/// What rank 0 does with a sweep's events besides the journal.
class RootListener final : public dispatch::SweepListener {
public:
    RootListener(const TrainSettings& settings, const std::filesystem::path& folder,
                 const sweep::Placement& placement, const DispatcherSetup& setup)
        : reporter_(
              {folder, settings.experiment.tensorboard, setup.has_validation, placement.groups},
              setup.journal.record()),
          superfluous_(folder, settings.train.keep_models == train::KeepModels::all,
                       setup.journal.record()) {}

    void happened(const record::Event& event, const record::SweepRecord& record) override {
        reporter_.happened(event, record);
        if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
            superfluous_.trial_ended(finished->result, record);
        }
    }
    void tick(const record::SweepRecord& record) override { reporter_.tick(record); }
    void synced() override { superfluous_.remove(); }

private:
    SweepReporter reporter_;
    SuperfluousFiles superfluous_;
};

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
    RootListener listener(settings, folder, placement, *setup);
    dispatch::Dispatcher dispatcher(channel, make_machine(*setup, placement), setup->journal,
                                    listener);
    dispatch::take_part(channel, placement, world.rank(), run, &dispatcher);
    return dispatcher.finish();
}

}  // namespace msunet::app
