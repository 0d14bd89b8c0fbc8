// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/merge.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/record/difference.hpp"
#include "msunet/record/ending.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/pictures.hpp"
#include "msunet/settings/experiment_name.hpp"
#include "msunet/sweep/options.hpp"
#include "msunet/train/options.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

/// The last part of the path, also of one that ends in '/'.
std::string name_of(const fs::path& folder) {
    const auto path = fs::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

/// The start without what differs between shards.
record::SweepStart common_part(const ShardRecord& shard) {
    auto start = shard.record.start;
    for (auto& option : start.configuration) {
        if (option.name == "shard") option.text = core::option_text(std::optional<std::string>());
    }
    start.shard.clear();
    start.trials.clear();
    start.shared.clear();
    return start;
}

std::vector<std::string> part_problems(const std::vector<ShardRecord>& shards) {
    std::vector<std::string> problems;
    std::map<std::int64_t, const ShardRecord*> parts;
    std::int64_t count = 0;
    for (const auto& shard : shards) {
        sweep::Shard part;
        if (!sweep::from_text(shard.record.start.shard, part)) {
            problems.push_back(concat(quoted(shard.folder.string()),
                                      " is no shard (it was started without --shard)"));
            continue;
        }
        if (count == 0) count = part.count;
        if (part.count != count) {
            problems.push_back(concat(quoted(shard.folder.string()), " is one of ", part.count,
                                      " shards, the others are of ", count));
        }
        const auto [found, is_new] = parts.emplace(part.index, &shard);
        if (!is_new) {
            problems.push_back(concat("shard ", part.index,
                                      " is given twice: ", quoted(found->second->folder.string()),
                                      " and ", quoted(shard.folder.string())));
        }
    }
    for (std::int64_t index = 1; index <= count; ++index) {
        if (parts.contains(index)) continue;
        problems.push_back(concat("shard ", index, " of ", count, " is missing, name its folder"));
    }
    return problems;
}

void copy_trial(const ShardRecord& shard, const fs::path& folder, record::TrialId trial) {
    const fs::path name = record::trial_folder(trial);
    const auto from = shard.folder / name;
    if (!fs::exists(from)) return;
    fs::create_directories((folder / name).parent_path());
    fs::copy(from, folder / name,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

/// A shard's results as they came: those of one training by its ends.
std::vector<const record::TrialResult*> by_end(const record::SweepRecord& record) {
    auto results = record.results();
    std::ranges::stable_sort(results, {}, &record::TrialResult::ended_at);
    return results;
}

/// Configuration and environment are the first shard's, without `--shard`.
void copy_start_files(const ShardRecord& shard, const fs::path& folder) {
    auto lines = core::split(core::read_file(shard.folder / "config.yaml"), '\n');
    for (auto& line : lines) {
        if (line.starts_with("shard:")) line = "shard: none";
    }
    core::write_file_atomically(folder / "config.yaml",
                                core::join(std::span<const std::string>(lines), "\n"));
    fs::copy_file(shard.folder / "environment.json", folder / "environment.json",
                  fs::copy_options::overwrite_existing);
}

/// The limit that ended the first of the shards that one ended.
record::StopReason limit_of(const std::vector<ShardRecord>& shards) {
    for (const auto& shard : shards) {
        if (const auto limit = record::ended_by_limit(shard.record)) return *limit;
    }
    return record::StopReason::error;
}

/// Keeps only the best of the shards' best models.
void keep_best_weights(const fs::path& folder, const record::SweepRecord& record) {
    const auto kept = record::setting(record.start.configuration, "keep_models");
    if (kept && core::value_named<train::KeepModels>(*kept) == train::KeepModels::all) return;
    const auto* best = record::best(record);
    for (const auto* result : record.results()) {
        if (result == best || result->weights_file.empty()) continue;
        std::error_code ignored;
        fs::remove(folder / result->weights_file, ignored);
        fs::remove(folder / record::trial_folder(result->trial) / report::pictures_file_name,
                   ignored);
    }
}

/// Appends the rungs that a training reached up to a time, with its promotions.
class RungAppender {
public:
    RungAppender(record::Journal& journal, record::TrialId training,
                 const record::TrialRecord& known)
        : journal_(journal), training_(training), known_(known) {}

    void append_until(double at) {
        for (; next_ < known_.rungs.size() && known_.rungs[next_].at <= at; ++next_) {
            const auto& visit = known_.rungs[next_];
            record::TrialResult so_far;
            so_far.trial = training_;
            journal_.append(record::RungReached{training_, visit.epoch, visit.value,
                                                std::move(so_far), visit.at});
            if (next_ >= known_.promotions.size()) continue;
            const auto& promotion = known_.promotions[next_];
            journal_.append(record::TrialPromoted{training_, promotion.until_epoch, promotion.rung,
                                                  promotion.bracket, promotion.at});
        }
    }

private:
    record::Journal& journal_;
    record::TrialId training_;
    const record::TrialRecord& known_;
    std::size_t next_ = 0;
};

/// The stretches of time that a training took, with what the search decided between them.
void append_training(record::Journal& journal, const record::SweepRecord& shard,
                     record::TrialId training) {
    const auto* const known = shard.find(training);
    if (known == nullptr || journal.record().find(training) != nullptr) return;
    RungAppender rungs(journal, training, *known);
    for (const auto& span : shard.timeline) {
        if (span.trial != training) continue;
        rungs.append_until(span.from);
        journal.append(record::TrialStarted{training, span.rank, {}, span.from});
        const bool at_rung =
            std::ranges::find(known->rungs, span.to, &record::RungVisit::at) != known->rungs.end();
        // The last one ends with the results.
        if (!record::is_final(span.outcome) && !at_rung) {
            journal.append(record::TrialPaused{training, span.to});
        }
    }
    rungs.append_until(std::numeric_limits<double>::infinity());
}

void check_outside_input(const fs::path& folder, const std::vector<ShardRecord>& shards) {
    for (const auto& shard : shards) {
        std::vector<std::string> inputs;
        for (const auto* option : {"training_data_path", "mask_data_path"}) {
            const auto& configuration = shard.record.start.configuration;
            inputs.push_back(record::setting(configuration, option).value_or(""));
        }
        if (auto problem = core::output_in_input("-o", folder, folder, inputs)) {
            throw core::UsageError(*problem);
        }
    }
}

}  // namespace

std::vector<std::string> merge_problems(const std::vector<ShardRecord>& shards) {
    auto problems = part_problems(shards);
    for (const auto& shard : shards) {
        if (!record::has_ended(shard.record)) {
            problems.push_back(concat(quoted(shard.folder.string()), " is unfinished (",
                                      core::counted(shard.record.unfinished(), "trial"),
                                      " left), start it again first"));
        }
        for (const auto& change :
             record::difference(common_part(shards.front()), common_part(shard))) {
            problems.push_back(concat(quoted(shard.folder.string()), " differs from ",
                                      quoted(shards.front().folder.string()), ": ", change));
        }
    }
    return problems;
}

record::SweepRecord merge_shards(const fs::path& folder, const std::vector<ShardRecord>& shards) {
    const auto name = name_of(folder);
    settings::check_experiment_name("--output", name);
    check_outside_input(folder, shards);
    const auto problems = merge_problems(shards);
    if (!problems.empty()) throw core::UsageError(problems);
    core::try_folder(folder, core::ExitCode::usage);
    core::make_directories(fs::absolute(folder).parent_path());
    if (!core::make_directory_exclusive(folder) && !fs::is_empty(folder)) {
        throw core::UsageError(
            {.path = folder, .kind = "folder", .problem = "exists", .advice = "give -o a new one"});
    }
    auto start = common_part(shards.front());
    start.experiment_name = name;
    start.merged_shards = std::ssize(shards);
    for (const auto& shard : shards) {
        start.at = std::min(start.at, shard.record.start.at);
        const auto& trials = shard.record.start.trials;
        start.trials.insert(start.trials.end(), trials.begin(), trials.end());
        const auto& shared = shard.record.start.shared;
        start.shared.insert(start.shared.end(), shared.begin(), shared.end());
    }
    std::sort(start.trials.begin(), start.trials.end());
    std::sort(start.shared.begin(), start.shared.end());

    auto journal = record::Journal::create(folder / record::journal_name, start);
    double ended = start.at;
    for (const auto& shard : shards) {
        for (const auto* result : by_end(shard.record)) {
            copy_trial(shard, folder, result->trial);
            append_training(journal, shard.record, journal.record().training_of(result->trial));
            journal.append(record::TrialFinished{*result, result->ended_at});
            ended = std::max(ended, result->ended_at);
        }
    }
    if (journal.record().unfinished() == 0) {
        journal.append(record::Finished{ended});
    } else {
        journal.append(record::Stopped{limit_of(shards), ended});
    }
    journal.sync();
    keep_best_weights(folder, journal.record());
    copy_start_files(shards.front(), folder);
    return journal.record();
}

}  // namespace msunet::experiment
