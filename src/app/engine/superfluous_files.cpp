// SPDX-License-Identifier: Apache-2.0
#include "superfluous_files.hpp"

#include <system_error>
#include <utility>

#include "msunet/report/pictures.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::app {

SuperfluousFiles::SuperfluousFiles(std::filesystem::path experiment, bool keep_all_models,
                                   const record::SweepRecord& record)
    : experiment_(std::move(experiment)), keep_all_models_(keep_all_models), leaderboard_(record) {
    // An earlier start may have ended before it deleted these.
    for (const auto* result : record.results()) {
        add_checkpoint(*result, record);
        if (result->trial != leaderboard_.best()) add_model(*result);
    }
}

void SuperfluousFiles::trial_ended(const record::TrialResult& result,
                                   const record::SweepRecord& record) {
    add_checkpoint(result, record);
    const auto before = leaderboard_.best();
    if (!leaderboard_.add(result)) {
        add_model(result);
    } else if (before) {
        add_model(*record.result(*before));
    }
}

void SuperfluousFiles::add_checkpoint(const record::TrialResult& result,
                                      const record::SweepRecord& record) {
    const auto training = record.training_of(result.trial);
    if (!record.unfinished_permutations(training).empty()) return;
    files_.push_back(experiment_ / record::trial_folder(training) / train::checkpoint_file_name);
}

void SuperfluousFiles::add_model(const record::TrialResult& result) {
    if (keep_all_models_ || result.weights_file.empty()) return;
    files_.push_back(experiment_ / result.weights_file);
    files_.push_back(experiment_ / record::trial_folder(result.trial) / report::pictures_file_name);
}

void SuperfluousFiles::remove() {
    for (const auto& file : files_) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    }
    files_.clear();
}

}  // namespace msunet::app
