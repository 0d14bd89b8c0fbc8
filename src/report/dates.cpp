// SPDX-License-Identifier: Apache-2.0
#include "report/dates.hpp"

#include <cmath>
#include <ctime>
#include <iomanip>
#include <sstream>

#include "msunet/report/sweep.hpp"

namespace msunet::report {
namespace {

std::string format(const char* pattern, double unix_seconds, std::int64_t utc_offset) {
    const auto shifted = static_cast<std::time_t>(std::floor(unix_seconds)) + utc_offset;
    std::tm parts{};
    gmtime_r(&shifted, &parts);
    std::ostringstream text;
    text << std::put_time(&parts, pattern);
    return text.str();
}

}  // namespace

std::string talos_date(double unix_seconds, std::int64_t utc_offset) {
    return format("%m/%d/%y-%H%M%S", unix_seconds, utc_offset);
}

std::string talos_complete_time(double unix_seconds, std::int64_t utc_offset) {
    return format("%m/%d/%y/%H:%M", unix_seconds, utc_offset);
}

std::string talos_stamp(double unix_seconds, std::int64_t utc_offset) {
    return format("%m%d%y%H%M%S", unix_seconds, utc_offset);
}

std::string readable_date(double unix_seconds, std::int64_t utc_offset) {
    return format("%Y-%m-%d %H:%M", unix_seconds, utc_offset);
}

std::int64_t local_utc_offset(double when) {
    const auto seconds = static_cast<std::time_t>(std::floor(when));
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts.tm_gmtoff;
}

}  // namespace msunet::report
