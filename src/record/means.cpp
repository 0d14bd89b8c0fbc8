// SPDX-License-Identifier: Apache-2.0
#include "record/means.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace msunet::record {

namespace {

/// The mean of what is there.
class Mean {
public:
    void add(std::optional<double> value) {
        if (!value) return;
        sum_ += *value;
        ++count_;
    }
    [[nodiscard]] std::optional<double> value() const {
        if (count_ == 0) return std::nullopt;
        return sum_ / static_cast<double>(count_);
    }

private:
    double sum_ = 0;
    std::size_t count_ = 0;
};

template <class Items, class Value>
std::optional<double> mean_of(const Items& items, const Value& value) {
    Mean mean;
    for (const auto* item : items) mean.add(value(*item));
    return mean.value();
}

ModalityDice mean_dice(const std::vector<const ModalityDice*>& all) {
    ModalityDice mean;
    for (std::size_t m = 0; m < core::modality_count; ++m) {
        mean.val[m] = mean_of(all, [m](const ModalityDice& dice) { return dice.val[m]; });
        mean.train[m] = mean_of(all, [m](const ModalityDice& dice) { return dice.train[m]; });
    }
    return mean;
}

Metrics mean_metrics(const std::vector<const EpochReport*>& reports) {
    const auto mean = [&reports](auto Metrics::*member) {
        return mean_of(reports, [member](const EpochReport& report) -> std::optional<double> {
            return report.metrics.*member;
        });
    };
    return {.loss = mean(&Metrics::loss).value_or(0),
            .dice_coef = mean(&Metrics::dice_coef).value_or(0),
            .jaccard_similarity = mean(&Metrics::jaccard_similarity).value_or(0),
            .val_loss = mean(&Metrics::val_loss),
            .val_dice_coef = mean(&Metrics::val_dice_coef),
            .val_jaccard_similarity = mean(&Metrics::val_jaccard_similarity)};
}

EpochReport mean_report(const std::vector<const EpochReport*>& reports, std::int64_t epoch) {
    const auto mean = [&reports](double EpochReport::*member) {
        return mean_of(
                   reports,
                   [member](const EpochReport& report) { return std::optional(report.*member); })
            .value_or(0);
    };
    EpochReport report{.epoch = epoch,
                       .metrics = mean_metrics(reports),
                       .modality = std::nullopt,
                       .learning_rate = mean(&EpochReport::learning_rate),
                       .seconds = mean(&EpochReport::seconds),
                       .samples_per_second = mean(&EpochReport::samples_per_second)};
    std::vector<const ModalityDice*> dice;
    for (const EpochReport* one : reports) {
        if (one->modality) dice.push_back(&*one->modality);
    }
    if (!dice.empty()) report.modality = mean_dice(dice);
    return report;
}

/// A row for each epoch that any has. Where each has one row, it is one row whatever the epochs.
std::vector<ModalityRow> mean_rows(const std::vector<const TrialResult*>& trials) {
    const bool one_each = std::ranges::all_of(
        trials, [](const TrialResult* trial) { return trial->modality.size() == 1; });
    std::map<std::int64_t, std::vector<const ModalityDice*>> dice;
    std::int64_t last = 0;
    for (const TrialResult* trial : trials) {
        for (const ModalityRow& row : trial->modality) {
            dice[one_each ? 0 : row.epoch].push_back(&row.dice);
            last = std::max(last, row.epoch);
        }
    }
    std::vector<ModalityRow> rows;
    rows.reserve(dice.size());
    for (const auto& [epoch, all] : dice) rows.push_back({one_each ? last : epoch, mean_dice(all)});
    return rows;
}

}  // namespace

History mean_history(const std::vector<const History*>& histories) {
    std::size_t epochs = 0;
    for (const History* history : histories) epochs = std::max(epochs, history->size());
    History means;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        std::vector<const EpochReport*> reports;
        for (const History* history : histories) {
            if (epoch < history->size()) reports.push_back(&(*history)[epoch]);
        }
        means.push_back(mean_report(reports, static_cast<std::int64_t>(epoch)));
    }
    return means;
}

void set_means(TrialResult& result, const std::vector<const TrialResult*>& trials) {
    std::vector<const History*> histories;
    std::vector<const EpochReport*> epochs;
    std::vector<const ModalityDice*> dice;
    for (const TrialResult* trial : trials) {
        histories.push_back(&trial->history);
        if (const auto* epoch = summary_epoch(*trial)) epochs.push_back(epoch);
        if (const auto* row = summary_modality(*trial)) dice.push_back(&row->dice);
    }
    result.history = mean_history(histories);
    result.modality = mean_rows(trials);
    const auto last = std::ssize(result.history) - 1;
    if (!epochs.empty()) result.mean_epoch = mean_report(epochs, last);
    if (!dice.empty()) result.mean_modality = ModalityRow{last, mean_dice(dice)};
}

}  // namespace msunet::record
