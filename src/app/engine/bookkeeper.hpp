// SPDX-License-Identifier: Apache-2.0
/// \file
/// What rank 0 does with the events of a sweep besides the journal: it prints lines, writes partial
/// results and the report, and deletes weights that are no longer needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "live_view.hpp"
#include "msunet/dispatch/dispatcher.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/report/tensorboard.hpp"
#include "time_share.hpp"

namespace msunet::app {

/// Writes results.partial.csv and report.html at most every 5 s and in at most 0.5 % of the time;
/// deletes files as `--keep_models` asks.
class Bookkeeper final : public dispatch::SweepListener {
public:
    struct Settings {
        std::filesystem::path folder;
        bool keep_all_models = false;
        bool tensorboard = false;
        bool has_validation = false;
        std::int64_t groups = 1;
    };

    /// `record` as it is when training begins.
    Bookkeeper(Settings settings, const record::SweepRecord& record);

    void happened(const record::Event& event, const record::SweepRecord& record) override;
    void tick(const record::SweepRecord& record) override;

    /// Deletes files that the journal makes superfluous.
    void synced() override;

private:
    void epoch_line(const record::EpochFinished& event, const record::SweepRecord& record);
    void trial_line(const record::TrialResult& result, const record::SweepRecord& record,
                    bool best);
    /// Marks files for deletion that a trial's result makes superfluous; `before`: the best trial
    /// until then.
    void forget_files(const record::TrialResult& result, const record::SweepRecord& record,
                      std::optional<record::TrialId> before);
    void forget_weights(const record::TrialResult* result);
    void write_partial(const record::SweepRecord& record, double now);

    Settings settings_;
    std::optional<report::TensorBoard> board_;
    record::Leaderboard leaderboard_;
    report::Forecast forecast_;
    LiveView live_;
    bool heading_shown_ = false;
    bool results_changed_ = false;
    bool page_changed_ = false;
    TimeShare partial_share_;
    std::vector<std::filesystem::path> to_delete_;
};

}  // namespace msunet::app
