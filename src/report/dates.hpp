// SPDX-License-Identifier: Apache-2.0
/// \file
/// Talos's formats of dates, in the sweep's own time zone: the same on any machine.
#pragma once

#include <cstdint>
#include <string>

namespace msunet::report {

/// "11/23/26-090851" (mm/dd/yy-HHMMSS).
[[nodiscard]] std::string talos_date(double unix_seconds, std::int64_t utc_offset);
/// "11/23/26/09:09" (mm/dd/yy/HH:MM).
[[nodiscard]] std::string talos_complete_time(double unix_seconds, std::int64_t utc_offset);
/// "112326090851" (mmddyyHHMMSS).
[[nodiscard]] std::string talos_stamp(double unix_seconds, std::int64_t utc_offset);
/// "2026-11-23 09:08".
[[nodiscard]] std::string readable_date(double unix_seconds, std::int64_t utc_offset);

}  // namespace msunet::report
