// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/target.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/ranking.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

/// The modality of `<modality>_val_dice` and `<modality>_train_dice`.
struct ModalityMetric {
    std::size_t modality = 0;
    bool validation = false;
};

std::optional<ModalityMetric> modality_metric_of(std::string_view name) {
    for (std::size_t i = 0; i < core::modality_names.size(); ++i) {
        if (name == concat(core::modality_names[i], "_val_dice")) return ModalityMetric{i, true};
        if (name == concat(core::modality_names[i], "_train_dice")) return ModalityMetric{i, false};
    }
    return std::nullopt;
}

void check_metric(std::string_view option, const std::string& name, const DataParts& data) {
    check_known(option, name);
    if (!data.has_validation() && name.find("val_") != std::string::npos) {
        throw core::UsageError({.option = concat("--", option),
                                .got = name,
                                .problem = "needs validation data and there is none",
                                .advice = "choose a metric of the training or train with a larger "
                                          "--validation_split"});
    }
    const auto of = modality_metric_of(name);
    if (!of) return;
    const auto& part = of->validation ? data.validation : data.training;
    if (part[of->modality]) return;
    throw core::UsageError(
        {.option = concat("--", option),
         .got = name,
         .problem = concat("needs ", core::modality_names[of->modality], " scans in the ",
                           of->validation ? "validation" : "training", " data and there are none"),
         .advice = concat("choose another metric",
                          of->validation ? " or train with a larger --validation_split" : "")});
}

}  // namespace

void check_known(std::string_view option, const std::string& name) {
    if (record::is_metric(name)) return;
    std::vector<std::string> known(record::metric_names.begin(), record::metric_names.end());
    for (std::string& column : record::modality_columns()) known.push_back(std::move(column));
    throw core::UsageError({.option = concat("--", option),
                            .got = name,
                            .problem = "is not a metric",
                            .why = concat("known are ", core::join(known)),
                            .advice = core::did_you_mean(name, known)});
}

bool DataParts::has_validation() const {
    return std::ranges::any_of(validation, [](bool there) { return there; });
}

bool gives_metric(const DataParts& data, std::string_view name) {
    if (!data.has_validation() && name.find("val_") != std::string_view::npos) return false;
    const auto of = modality_metric_of(name);
    return !of || (of->validation ? data.validation : data.training)[of->modality];
}

std::string resolve_metric(const std::optional<std::string>& option, const DataParts& data) {
    if (!option) return std::string(record::default_metric(data.has_validation()));
    check_metric("metric", *option, data);
    return *option;
}

bool PerformanceTarget::reached(const record::TrialResult& result) const {
    const std::optional<double> reached = record::metric(result, metric);
    return reached && (less ? *reached <= value : *reached >= value);
}

std::string to_text(const PerformanceTarget& target) {
    const bool says_less = target.less && !record::lower_is_better(target.metric);
    return concat(target.metric, ",", target.value, says_less ? ",less" : "");
}

bool from_text(std::string_view text, PerformanceTarget& target) {
    std::vector<std::string> parts = core::split(text, ',');
    for (std::string& part : parts) part = core::trim(part);
    const std::optional<double> value =
        parts.size() >= 2 ? core::to_double(parts[1]) : std::nullopt;
    const bool says_less = parts.size() == 3 && parts[2] == "less";
    if (!value || std::isnan(*value) || (parts.size() != 2 && !says_less)) return false;
    target.metric = parts[0];
    target.value = *value;
    target.less = says_less || record::lower_is_better(target.metric);
    return true;
}

void check_target(const PerformanceTarget& target, const DataParts& data) {
    check_metric("performance_target", target.metric, data);
}

}  // namespace msunet::sweep
