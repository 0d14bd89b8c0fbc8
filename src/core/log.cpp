// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/log.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "msunet/core/columns.hpp"
#include "msunet/core/muted_log.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core::log {

namespace {

std::shared_ptr<spdlog::logger> make_logger(const char* name, spdlog::sink_ptr sink,
                                            const char* pattern) {
    auto logger = std::make_shared<spdlog::logger>(name, std::move(sink));
    logger->set_pattern(pattern);
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    return logger;
}

/// The process's log: like stdout itself there is one.
struct Log {
    std::mutex mutex;
    std::shared_ptr<spdlog::logger> out =
        make_logger("out", std::make_shared<spdlog::sinks::stdout_color_sink_mt>(), "%v");
    std::shared_ptr<spdlog::logger> err =
        make_logger("err", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(), "%^%l:%$ %v");
    int rank = 0;
    int muted = 0;  ///< number of living Muted
    /// Width of each line of progress on the screen.
    std::vector<std::size_t> progress_lines;
};

Log& instance() {
    // Never destroyed, so that destructors of other statics may still log.
    static Log* const log = new Log;
    return *log;
}

/// Rows and columns of the terminal that this process writes to; nothing if it writes elsewhere.
std::optional<winsize> terminal_size() {
    winsize size{};
    const char* kind = std::getenv("TERM");
    const bool dumb = kind != nullptr && std::string_view(kind) == "dumb";
    if (dumb || ::isatty(STDOUT_FILENO) != 1) return std::nullopt;
    // mpirun gives its ranks a pseudo-terminal of their own, wherever its output goes, which does
    // not follow changes of size.
    const bool launched = std::getenv("OMPI_COMM_WORLD_RANK") != nullptr;
    const int screen =
        launched ? ::open(concat("/proc/", ::getppid(), "/fd/1").c_str(), O_RDONLY | O_NOCTTY)
                 : ::dup(STDOUT_FILENO);
    if (screen < 0) return std::nullopt;
    const bool known = ::ioctl(screen, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    ::close(screen);
    return known ? std::optional(size) : std::nullopt;
}

/// The escape sequence that moves the cursor to the start of the progress shown. A terminal that
/// was made narrower has wrapped its lines.
std::string cursor_to_progress(const Log& log) {
    const auto width = static_cast<std::size_t>(std::max(1, terminal_width()));
    std::size_t rows = 0;
    for (const std::size_t length : log.progress_lines) {
        rows += std::max<std::size_t>(1, (length + width - 1) / width);
    }
    return rows > 0 ? concat("\r\x1b[", rows, "A") : "\r";
}

void clear_progress(Log& log) {
    if (log.progress_lines.empty()) return;
    std::fputs((cursor_to_progress(log) + "\x1b[J").c_str(), stdout);
    std::fflush(stdout);
    log.progress_lines.clear();
}

void write(spdlog::level::level_enum level, std::string_view text) {
    Log& log = instance();
    const std::lock_guard lock(log.mutex);
    clear_progress(log);
    const spdlog::string_view_t view(text.data(), text.size());
    (level == spdlog::level::info ? log.out : log.err)->log(level, view);
}

bool is_silent() { return instance().rank != 0; }
bool is_muted() { return is_silent() || instance().muted > 0; }

std::string with_rank(std::string_view text) {
    const int rank = instance().rank;
    return rank == 0 ? std::string(text) : concat("rank ", rank, ": ", text);
}

}  // namespace

void set_rank(int rank) { instance().rank = rank; }

Muted::Muted() { ++instance().muted; }
Muted::~Muted() { --instance().muted; }

void info(std::string_view text) {
    if (!is_muted()) write(spdlog::level::info, text);
}

void warn(std::string_view text) {
    if (!is_muted()) write(spdlog::level::warn, text);
}

void error(std::string_view text) {
    if (!is_silent()) write(spdlog::level::err, text);
}

void alert(std::string_view text) { write(spdlog::level::warn, with_rank(text)); }

void fatal(std::string_view text) { write(spdlog::level::err, with_rank(text)); }

void progress(std::string_view text) {
    if (!is_terminal()) return;
    const std::lock_guard lock(instance().mutex);
    Log& log = instance();
    if (text.empty()) return clear_progress(log);
    // Overwritten, not cleared first, which would flicker.
    std::string screen = log.progress_lines.empty() ? "" : cursor_to_progress(log);
    log.progress_lines.clear();
    for (const std::string& line : split(text, '\n')) {
        screen += concat(line, "\x1b[K\n");
        log.progress_lines.push_back(display_width(line));
    }
    std::fputs((screen + "\x1b[J").c_str(), stdout);
    std::fflush(stdout);
}

bool is_terminal() { return !is_silent() && terminal_size().has_value(); }

int terminal_height() {
    const auto size = terminal_size();
    return size && size->ws_row > 0 ? size->ws_row : 24;
}

int terminal_width() {
    if (const auto size = terminal_size()) return size->ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        if (const auto width = to_integer(columns); width && *width >= 20 && *width <= 1000) {
            return static_cast<int>(*width);
        }
    }
    return 80;
}

}  // namespace msunet::core::log
