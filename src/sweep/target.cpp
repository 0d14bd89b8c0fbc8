// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/target.hpp"

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
        throw core::UsageError(concat("--", option, ": ", quoted(name), " is no metric (known are ",
                                      core::join(known), ")", core::did_you_mean(name, known)));
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

PerformanceTarget parse_performance_target(std::string_view text, bool has_validation) {
    const std::vector<std::string> parts = core::split(text, ',');
    const auto part = [&](std::size_t i) { return std::string(core::trim(parts[i])); };
    const std::optional<double> value = parts.size() >= 2 ? core::to_double(part(1)) : std::nullopt;
    if (parts.size() > 3 || !value || *value != *value ||
        (parts.size() == 3 && part(2) != "less")) {
        throw core::UsageError(concat("--performance_target: ", quoted(text),
                                      " is not METRIC,VALUE[,less], write for example "
                                      "val_dice_coef,0.95 or val_loss,0.1,less"));
    }
    PerformanceTarget target;
    target.metric = part(0);
    check_metric("performance_target", target.metric, has_validation);
    target.value = *value;
    target.less = parts.size() == 3 || record::lower_is_better(target.metric);
    return target;
}

}  // namespace msunet::sweep
