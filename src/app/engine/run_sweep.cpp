// SPDX-License-Identifier: Apache-2.0
#include "run_sweep.hpp"

#include <utility>
#include <variant>

#include "msunet/core/time.hpp"
#include "msunet/experiment/superfluous_files.hpp"
#include "msunet/settings/extension.hpp"
#include "msunet/sweep/strategy.hpp"
#include "msunet/sweep/suggester.hpp"
#include "msunet/train/going_on.hpp"
#include "msunet/unet/hyperparameters.hpp"
#include "msunet/view/sweep_reporter.hpp"

namespace msunet::app {

namespace {

/// What is still to be suggested; nothing where all permutations are selected at the start.
sweep::Suggestions suggestions_of(const DispatcherSetup& setup, std::uint64_t seed) {
    const auto& record = setup.journal.record();
    sweep::Suggestions suggestions;
    suggestions.left = sweep::suggestions_left(record);
    if (suggestions.left == 0) return suggestions;
    suggestions.sampling.emplace(
        sweep::tpe(sweep::ParameterGrid(record.start.grid),
                   {.seed = seed, .metric = record.start.metric}, setup.accepts),
        record.start.folding);
    sweep::replay(record, *suggestions.sampling);
    suggestions.plan = [&record, cost = setup.cost](record::TrialId trial) {
        return sweep::plan_of(record, trial, cost);
    };
    suggestions.training = [&record](record::TrialId trial) {
        return sweep::training_of(record, trial, unet::Hyperparameters{}.epochs);
    };
    return suggestions;
}

dispatch::DispatcherMachine make_machine(const DispatcherSetup& setup,
                                         const sweep::Placement& placement, std::uint64_t seed) {
    const auto& record = setup.journal.record();
    auto suggestions = suggestions_of(setup, seed);
    auto rules = sweep::rules_of(record.start);
    rules.expected = suggestions.left;
    sweep::Scheduler scheduler(
        sweep::plans(record, setup.cost), placement.groups,
        sweep::make_strategy(rules, sweep::trainings(record, unet::Hyperparameters{}.epochs)),
        [&record](record::TrialId trial) { return record.permutation(trial); },
        std::move(suggestions));
    return {record, dispatch::leaders_of(placement), std::move(scheduler), setup.limits,
            core::unix_now()};
}

experiment::KeptFiles kept_files(const settings::TrainSettings& settings) {
    experiment::KeptFiles kept{.all_models = settings.train.keep_models == train::KeepModels::all};
    if (!settings::keeps_last_checkpoints(settings)) return kept;
    kept.last_checkpoint = [defaults = settings::default_hyperparameters(settings)](
                               const core::Permutation& permutation, std::int64_t epochs) {
        return train::has_epochs_after(unet::from_permutation(permutation, defaults), epochs);
    };
    return kept;
}

/// What rank 0 does with a sweep's events besides the journal.
class RootListener final : public dispatch::SweepListener {
public:
    RootListener(const settings::TrainSettings& settings, const std::filesystem::path& folder,
                 const sweep::Placement& placement, const DispatcherSetup& setup)
        : reporter_({folder, settings.experiment.tensorboard, setup.has_validation, setup.is_refit,
                     placement.groups},
                    setup.journal.record()),
          superfluous_(folder, kept_files(settings), setup.journal.record()),
          tick_(setup.tick) {}

    void happened(const record::Event& event, const record::SweepRecord& record) override {
        reporter_.happened(event, record);
        if (const auto* finished = std::get_if<record::TrialFinished>(&event)) {
            superfluous_.trial_ended(finished->result, record);
        }
    }
    void tick(const record::SweepRecord& record) override {
        reporter_.tick(record);
        if (tick_) tick_();
    }
    void synced() override { superfluous_.remove(); }

private:
    view::SweepReporter reporter_;
    experiment::SuperfluousFiles superfluous_;
    std::function<void()> tick_;
};

}  // namespace

std::optional<dispatch::SweepEnding> run_sweep(const settings::TrainSettings& settings,
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
    const auto seed = static_cast<std::uint64_t>(settings.experiment.seed);
    dispatch::Dispatcher dispatcher(channel, make_machine(*setup, placement, seed), setup->journal,
                                    listener);
    dispatch::take_part(channel, placement, world.rank(), run, &dispatcher);
    return dispatcher.finish();
}

}  // namespace msunet::app
