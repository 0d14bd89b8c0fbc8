// SPDX-License-Identifier: Apache-2.0
#include "trial_log.hpp"

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/progress.hpp"
#include "msunet/record/trial_folder.hpp"

namespace msunet::app {

using core::concat;

void TrialLog::line(std::string_view text) {
    file_ << core::date_text(core::unix_now()) << "  " << text << std::endl;
}

record::Answer LoggedControl::after_epoch(record::TrialId trial,
                                          const record::EpochReport& report) {
    const auto& metrics = report.metrics;
    auto text = concat("epoch ", report.epoch + 1, ": loss ", metrics.loss, ", dice_coef ",
                       metrics.dice_coef);
    if (metrics.val_loss) text += concat(", val_loss ", *metrics.val_loss);
    if (metrics.val_dice_coef) text += concat(", val_dice_coef ", *metrics.val_dice_coef);
    log_.line(
        concat(text, ", lr ", report.learning_rate, ", ", core::duration_text(report.seconds)));
    return control_.after_epoch(trial, report);
}

void LoggedControl::checkpoint_written(const record::CheckpointReport& report) {
    log_.line(concat("checkpoint ", record::position_text(report)));
    control_.checkpoint_written(report);
}

void LoggedControl::end_reached(const record::TrialResult& result) {
    const auto folder = experiment_ / record::trial_folder(result.trial);
    core::make_directories(folder);
    record::write_result(folder, result);
    if (result.trial != training_) {
        TrialLog(folder / TrialLog::name)
            .line(concat("trained with trial ", training_, ", see its log"));
    }
    log_.line(concat("trial ", result.trial, " ", core::name_of(result.state),
                     result.reason.empty() ? std::string() : ": " + result.reason));
    control_.end_reached(result);
}

}  // namespace msunet::app
