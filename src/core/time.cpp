// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/time.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

std::tm local_time(double unix_seconds) {
    const auto seconds = static_cast<std::time_t>(std::floor(unix_seconds));
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

std::string two_digits(std::int64_t value) { return concat(value < 10 ? "0" : "", value); }

std::optional<double> unit_seconds(std::string_view unit) {
    constexpr double minute = 60;
    constexpr double hour = 3600;
    constexpr double day = 86400;
    if (unit == "s" || unit == "sec" || unit == "second" || unit == "seconds") return 1;
    if (unit == "min" || unit == "mins" || unit == "minute" || unit == "minutes") return minute;
    if (unit == "h" || unit == "hour" || unit == "hours") return hour;
    if (unit == "d" || unit == "day" || unit == "days") return day;
    return std::nullopt;
}

/// Removes the leading ASCII digits, at most so many, and returns their value; nothing if there
/// are none.
std::optional<int> take_digits(std::string_view& text, std::size_t at_most) {
    std::size_t count = 0;
    int value = 0;
    while (count < text.size() && count < at_most && text[count] >= '0' && text[count] <= '9') {
        value = value * 10 + (text[count] - '0');
        ++count;
    }
    text.remove_prefix(count);
    return count > 0 ? std::optional(value) : std::nullopt;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// "1:30:00", with Slurm's days before it: "2-12:00:00".
std::optional<double> clock_seconds(std::string_view text) {
    double days = 0;
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        const auto count = take_digits(text, 5);
        if (!count || !take(text, '-')) return std::nullopt;
        days = *count;
    }
    const auto hours = take_digits(text, 5);
    if (!hours || !take(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59 || !take(text, ':')) return std::nullopt;
    const auto seconds = take_digits(text, 2);
    if (!seconds || *seconds > 59 || !text.empty()) return std::nullopt;
    return days * 86400 + *hours * 3600.0 + *minutes * 60.0 + *seconds;
}

}  // namespace

double unix_now() {
    using namespace std::chrono;
    return duration<double>(system_clock::now().time_since_epoch()).count();
}

double steady_seconds() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::string duration_text(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "unknown";
    if (seconds < 9.995) return concat(fixed(seconds, 2), " s");
    if (seconds < 59.95) return concat(fixed(seconds, 1), " s");
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 3600) return concat(whole / 60, " min ", two_digits(whole % 60), " s");
    const std::int64_t minutes = (whole + 30) / 60;
    if (minutes < 24 * 60) return concat(minutes / 60, " h ", two_digits(minutes % 60), " min");
    const std::int64_t hours = (minutes + 30) / 60;
    return concat(hours / 24, " d ", two_digits(hours % 24), " h");
}

std::string date_text(double unix_seconds) {
    const std::tm parts = local_time(unix_seconds);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts)};
}

std::optional<double> parse_duration(std::string_view text) {
    const std::string lower = to_lower(trim(text));
    std::string_view rest = lower;
    if (rest.find(':') != std::string_view::npos) return clock_seconds(rest);
    double total = 0;
    bool any = false;
    while (!(rest = trim(rest)).empty()) {
        const std::size_t digits = rest.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
        const auto count = to_double(rest.substr(0, digits));
        rest = trim(rest.substr(digits));
        const std::size_t letters = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
        const auto unit = unit_seconds(rest.substr(0, letters));
        if (!count || !unit) return std::nullopt;
        total += *count * *unit;
        rest = letters == std::string_view::npos ? std::string_view() : rest.substr(letters);
        any = true;
    }
    return any ? std::optional(total) : std::nullopt;
}

std::optional<double> parse_date(std::string_view text) {
    std::string_view rest = trim(text);
    const auto year = take_digits(rest, 4);
    if (!year || *year < 1970 || !take(rest, '-')) return std::nullopt;
    const auto month = take_digits(rest, 2);
    if (!month || !take(rest, '-')) return std::nullopt;
    const auto day = take_digits(rest, 2);
    if (!day) return std::nullopt;
    std::optional<int> hour = 0;
    std::optional<int> minute = 0;
    std::optional<int> second = 0;
    if (!rest.empty()) {
        if (!take(rest, 'T') && !take(rest, ' ')) return std::nullopt;
        rest = trim(rest);
        hour = take_digits(rest, 2);
        if (!hour || !take(rest, ':')) return std::nullopt;
        minute = take_digits(rest, 2);
        if (!minute) return std::nullopt;
        if (take(rest, ':')) second = take_digits(rest, 2);
        if (!second || !rest.empty()) return std::nullopt;
    }
    std::tm parts{};
    parts.tm_year = *year - 1900;
    parts.tm_mon = *month - 1;
    parts.tm_mday = *day;
    parts.tm_hour = *hour;
    parts.tm_min = *minute;
    parts.tm_sec = *second;
    parts.tm_isdst = -1;
    const std::tm asked = parts;
    const std::time_t seconds = std::mktime(&parts);
    // mktime turns the 31st of February into the 3rd of March: such a date is a mistake.
    if (asked.tm_mon != parts.tm_mon || asked.tm_mday != parts.tm_mday || *hour > 23 ||
        *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    return static_cast<double>(seconds);
}

bool from_text(std::string_view text, Deadline& deadline) {
    const auto date = parse_date(text);
    const auto seconds = date ? date : parse_duration(text);
    if (!seconds) return false;
    deadline = {std::string(text), date.has_value(), *seconds};
    return true;
}

}  // namespace msunet::core
