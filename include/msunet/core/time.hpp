// SPDX-License-Identifier: Apache-2.0
/// \file
/// Clocks, durations and dates, as people read them and as options take them. Dates are in local
/// time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace msunet::core {

/// Seconds since 1970 with their fraction (system clock).
[[nodiscard]] double unix_now();

/// Seconds of a monotonic clock, for measuring.
[[nodiscard]] double steady_seconds();

/// "0.42 s", "12.3 s", "3 min 05 s", "1 h 02 min", "2 d 03 h".
[[nodiscard]] std::string duration_text(double seconds);

/// "2026-01-31 18:00:00".
[[nodiscard]] std::string date_text(double unix_seconds);

/// "90 min", "12 h", "1.5 h", "45 s", "2 d", "1 h 30 min", "1:30:00" (h:mm:ss), "2-12:00:00"
/// (Slurm's days) in seconds; nothing for other texts. A bare number has no unit and is refused.
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

/// "2026-01-31 18:00", with or without seconds, " " or "T" between, or the day alone (its start),
/// in seconds since 1970; nothing for other texts.
[[nodiscard]] std::optional<double> parse_date(std::string_view text);

/// A date, or a duration counted from `now`, in seconds since 1970. Throws UsageError, which names
/// `option` and the accepted forms.
[[nodiscard]] double parse_deadline(std::string_view option, std::string_view text, double now);

}  // namespace msunet::core
