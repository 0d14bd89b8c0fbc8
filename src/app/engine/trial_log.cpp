// SPDX-License-Identifier: Apache-2.0
#include "trial_log.hpp"

#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

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
    log_.line(concat("checkpoint after epoch ", report.epoch, ", step ", report.step));
    control_.checkpoint_written(report);
}

}  // namespace msunet::app
