// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/gpu_sharing.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

constexpr double usable_memory = 0.9;
constexpr double good_rate = 0.95;
constexpr double worthwhile_gain = 1.02;

/// "1 at once 820 samples/s, 2: 1400, 3: failed".
std::string rates_text(const std::vector<double>& rates) {
    std::string text;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        text += concat(i == 0 ? "" : ", ", i + 1, i == 0 ? " at once " : ": ");
        if (rates[i] <= 0) {
            text += "failed";
        } else {
            text += concat(std::lround(rates[i]), i == 0 ? " samples/s" : "");
        }
    }
    return text;
}

std::string memory_text(const SharingFacts& facts) {
    if (facts.trial_bytes <= 0) return "";
    return concat("; a trial takes ", core::bytes_text(static_cast<double>(facts.trial_bytes)),
                  " of ", core::bytes_text(static_cast<double>(facts.free_bytes)));
}

}  // namespace

std::int64_t trials_in_memory(std::int64_t free_bytes, std::int64_t trial_bytes) {
    if (trial_bytes <= 0) return 1;
    const double usable = usable_memory * static_cast<double>(free_bytes);
    return std::max<std::int64_t>(
        1, static_cast<std::int64_t>(usable / static_cast<double>(trial_bytes)));
}

SharingChoice choose_sharing(const SharingFacts& facts) {
    const auto fitting =
        std::min(facts.rates.size(),
                 static_cast<std::size_t>(trials_in_memory(facts.free_bytes, facts.trial_bytes)));
    double best = 0;
    for (std::size_t i = 0; i < fitting; ++i) best = std::max(best, facts.rates[i]);
    SharingChoice choice;
    for (std::size_t i = 0; i < fitting; ++i) {
        if (facts.rates[i] <= 0 || facts.rates[i] < good_rate * best) continue;
        choice.trials = static_cast<std::int64_t>(i) + 1;
        break;
    }
    choice.reason = concat(rates_text(facts.rates), memory_text(facts));
    return choice;
}

SharingChoice measure_sharing(SharingMeter& meter, std::int64_t most) {
    SharingFacts facts{.free_bytes = meter.free_bytes()};
    facts.rates.push_back(meter.rate(1));
    facts.trial_bytes = meter.trial_bytes();
    const auto last = std::min(most, trials_in_memory(facts.free_bytes, facts.trial_bytes));
    double best = facts.rates.front();
    for (std::int64_t trials = 2; trials <= last && best > 0; ++trials) {
        const double rate = meter.rate(trials);
        facts.rates.push_back(rate);
        if (rate < worthwhile_gain * best) break;
        best = rate;
    }
    return choose_sharing(facts);
}

}  // namespace msunet::sweep
