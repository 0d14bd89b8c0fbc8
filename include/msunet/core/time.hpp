// SPDX-License-Identifier: Apache-2.0
/// \file
/// Clock, durations and dates: as people read them, as Talos writes them, as options give them.
/// Dates are in local time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace msunet::core {

/// Seconds since 1970 with their fraction (system clock).
[[nodiscard]] double unix_now();

/// Seconds of a clock that never jumps, for measuring.
[[nodiscard]] double steady_seconds();

/// "0.42 s", "12.3 s", "3 min 05 s", "1 h 02 min", "2 d 03 h".
[[nodiscard]] std::string duration_text(double seconds);

/// "2026-01-31 18:00:00".
[[nodiscard]] std::string date_text(double unix_seconds);

/// Talos's start and end: "11/23/26-090851" (mm/dd/yy-HHMMSS).
[[nodiscard]] std::string talos_date(double unix_seconds);
/// Talos's complete_time: "11/23/26/09:09" (mm/dd/yy/HH:MM).
[[nodiscard]] std::string talos_complete_time(double unix_seconds);
/// The name of the summary file: "112326090851" (mmddyyHHMMSS).
[[nodiscard]] std::string talos_stamp(double unix_seconds);

/// "90 min", "12 h", "1.5 h", "45 s", "2 d", "1 h 30 min", "1:30:00" (h:mm:ss), "2-12:00:00"
/// (Slurm's days) as seconds; none where it is no duration. A bare number is none: it has no unit.
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

/// "2026-01-31 18:00", with or without seconds, " " or "T" between, or the day alone (its start),
/// as seconds since 1970; none where it is no date.
[[nodiscard]] std::optional<double> parse_date(std::string_view text);

/// When something has to end, as an option gives it: a date, or a duration from the start on.
struct Deadline {
    std::string text;  ///< as written
    bool is_date = false;
    double seconds = 0;  ///< since 1970, or from the start on

    /// In seconds since 1970, for a program that started at `start`.
    [[nodiscard]] double unix_seconds(double start) const {
        return is_date ? seconds : start + seconds;
    }
    friend bool operator==(const Deadline&, const Deadline&) = default;
};

/// The forms of a deadline, for help and errors.
inline constexpr std::string_view deadline_forms =
    "a date like 2026-01-31 18:00 or a duration with its unit like 90 min, 12 h, 1:30:00";

/// Reads parse_date's and parse_duration's forms; see core::TextForm.
[[nodiscard]] bool from_text(std::string_view text, Deadline& deadline);
[[nodiscard]] inline std::string to_text(const Deadline& deadline) { return deadline.text; }

}  // namespace msunet::core
