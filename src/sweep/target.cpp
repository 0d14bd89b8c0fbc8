// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/target.hpp"

#include <cmath>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

using core::concat;
using core::quoted;

void check_metric(std::string_view option, const std::string& name, bool has_validation) {
    if (!record::is_metric(name)) {
        std::vector<std::string> known(record::metric_names.begin(), record::metric_names.end());
        for (std::string& column : record::modality_columns()) known.push_back(std::move(column));
        throw core::UsageError(concat("--", option, ": ", quoted(name),
                                      " is not a metric (known are ", core::join(known), ")",
                                      core::did_you_mean(name, known)));
    }
    if (!has_validation && name.find("val_") != std::string::npos) {
        throw core::UsageError(concat("--", option, ": ", quoted(name),
                                      " needs validation data and there is none, raise "
                                      "--validation_split or choose a metric of the training"));
    }
}

}  // namespace

std::string resolve_metric(const std::optional<std::string>& option, bool has_validation) {
    if (!option) return has_validation ? "val_dice_coef" : "dice_coef";
    check_metric("metric", *option, has_validation);
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

void check_target(const PerformanceTarget& target, bool has_validation) {
    check_metric("performance_target", target.metric, has_validation);
}

}  // namespace msunet::sweep
