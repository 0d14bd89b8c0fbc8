// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/idle.hpp"

#include <algorithm>

#include "msunet/report/forecast.hpp"

namespace msunet::report {

std::optional<double> idle_fraction(const record::SweepRecord& record) {
    if (record.start.merged_shards > 0) return std::nullopt;
    double busy = 0;
    double available = 0;
    for (std::size_t index = 0; index < record.starts.size(); ++index) {
        std::optional<double> from;
        double to = 0;
        for (const record::Span& span : record.timeline) {
            if (static_cast<std::size_t>(span.start) != index) continue;
            from = std::min(from.value_or(span.from), span.from);
            to = std::max(to, span.to);
            busy += span.to - span.from;
        }
        if (!from) continue;
        available += (to - *from) * static_cast<double>(groups_of(record.starts[index].world));
    }
    if (available <= 0) return std::nullopt;
    return std::max(0.0, 1 - busy / available);
}

double run_seconds(const record::SweepRecord& record, double ended_at) {
    double seconds = 0;
    for (const record::Start& start : record.starts) {
        seconds += std::max(0.0, std::min(start.to, ended_at) - start.from);
    }
    return seconds;
}

}  // namespace msunet::report
