// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/experiment_journal.hpp"

#include <system_error>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;

fs::path journal_in(const fs::path& folder, std::string_view option) {
    auto file = folder / record::journal_name;
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return file;
    throw core::UsageError({.option = std::string(option),
                            .path = folder,
                            .got = folder,
                            .problem = "is not an experiment",
                            .why = concat("it has no ", record::journal_name),
                            .advice = "give a folder that msunet train has written"});
}

record::SweepRecord read_experiment(const fs::path& folder) {
    auto replay = record::replay(journal_in(folder));
    for (const auto& notice : replay.notices) core::log::warn(notice);
    return std::move(replay.record);
}

std::string best_text(const record::SweepRecord& record, const record::TrialResult& best) {
    const auto& folding = record.start.folding;
    if (folding.any()) {
        const auto whole = *record::permutation_result(record, folding.permutation(best.trial));
        const auto mean = *record::ranked_value(whole, record.start.metric);
        return concat("permutation ", whole.trial, " with mean ", mean.metric, " ",
                      core::fixed(mean.value, 4), ": ", core::permutation_text(whole.permutation));
    }
    const auto ranked = *record::ranked_value(best, record.start.metric);
    return concat(best.trial, " with ", ranked.metric, " ", core::fixed(ranked.value, 4), ": ",
                  core::permutation_text(best.permutation));
}

}  // namespace msunet::experiment
