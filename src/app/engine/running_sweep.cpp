// SPDX-License-Identifier: Apache-2.0
#include "running_sweep.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "bookkeeper.hpp"
#include "msunet/core/time.hpp"
#include "msunet/sweep/strategy.hpp"

namespace msunet::app {

namespace {

constexpr int dispatcher_rank = 0;

/// World ranks of the groups' leaders, by group.
std::vector<int> leaders_of(const sweep::Placement& placement) {
    std::vector<int> leaders(static_cast<std::size_t>(placement.groups));
    for (const auto& slot : placement.slots) {
        if (slot.group >= 0 && slot.rank_in_group == 0) {
            leaders[static_cast<std::size_t>(slot.group)] = static_cast<int>(slot.rank);
        }
    }
    return leaders;
}

/// World ranks of a group's other ranks.
std::vector<int> members_of(const sweep::Placement& placement, std::int64_t group) {
    std::vector<int> members;
    for (const auto& slot : placement.slots) {
        if (slot.group == group && slot.rank_in_group > 0) {
            members.push_back(static_cast<int>(slot.rank));
        }
    }
    return members;
}

/// Rank 0's part: dispatching, and the books that go with it.
class Office {
public:
    Office(Channel& channel, const TrainSettings& settings, const std::filesystem::path& folder,
           const sweep::Placement& placement, SweepBooks& books)
        : books_(books),
          groups_(static_cast<double>(placement.groups)),
          keeper_({folder, settings.train.keep_models == "all", settings.experiment.tensorboard,
                   books.has_validation, placement.groups},
                  books.journal.record()),
          dispatcher_(channel, leaders_of(placement), make_scheduler(settings, placement, books),
                      books.journal, books.limits, books.journal.record().owner, keeper_) {
        dispatcher_.start();
    }

    void serve() {
        dispatcher_.serve();
        if (books_.journal.synced()) keeper_.clean_up();
    }
    bool done() const { return dispatcher_.done(); }

    SweepEnding ending() {
        books_.journal.sync();
        keeper_.clean_up();
        const double rank_seconds = groups_ * (core::steady_seconds() - began_);
        return {dispatcher_.ending(), dispatcher_.stop_reason(),
                rank_seconds > 0 ? dispatcher_.idle_seconds() / rank_seconds : 0};
    }

private:
    static sweep::Scheduler make_scheduler(const TrainSettings& settings,
                                           const sweep::Placement& placement,
                                           const SweepBooks& books) {
        const auto& record = books.journal.record();
        return {sweep::plans(record, books.cost, settings.sweep.retry_failed), placement.groups,
                sweep::grid_strategy(), [grid = record.start.grid](record::TrialId trial) {
                    return record::permutation_of(grid, trial);
                }};
    }

    SweepBooks& books_;
    double groups_;
    double began_ = core::steady_seconds();
    Bookkeeper keeper_;
    Dispatcher dispatcher_;
};

}  // namespace

std::optional<SweepEnding> run_sweep(const TrainSettings& settings,
                                     const std::filesystem::path& folder,
                                     const sweep::Placement& placement, const TrialRunner& run,
                                     SweepBooks* books, const comm::Communicator& world) {
    Channel channel(world);
    std::unique_ptr<Office> office;
    if (books != nullptr) {
        office = std::make_unique<Office>(channel, settings, folder, placement, *books);
    }
    const Background background = [&office] {
        if (office) office->serve();
    };
    const auto& slot = placement.slots[static_cast<std::size_t>(world.rank())];
    if (slot.group >= 0 && slot.rank_in_group == 0) {
        Leader(channel, dispatcher_rank, members_of(placement, slot.group), run, background).work();
    } else if (slot.group >= 0) {
        follow(channel, run, background);
    }
    if (!office) {
        channel.flush();
        return std::nullopt;
    }
    only_dispatch(channel, background, [&office] { return office->done(); });
    channel.flush();
    return office->ending();
}

}  // namespace msunet::app
