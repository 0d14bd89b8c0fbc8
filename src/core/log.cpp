// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>

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
    std::vector<std::string> warnings;
    int rank = 0;
    bool quiet = false;
    bool progress_shown = false;
};

Log& instance() {
    // Never destroyed, so that destructors of other statics may still log.
    static Log* const log = new Log;
    return *log;
}

void clear_progress(Log& log) {
    if (!log.progress_shown) return;
    std::fputs("\r\x1b[K", stdout);
    std::fflush(stdout);
    log.progress_shown = false;
}

void write(spdlog::level::level_enum level, std::string_view text, bool spoken) {
    if (!spoken) return;
    Log& log = instance();
    const std::lock_guard lock(log.mutex);
    clear_progress(log);
    const spdlog::string_view_t view(text.data(), text.size());
    (level == spdlog::level::info ? log.out : log.err)->log(level, view);
}

}  // namespace

void set_rank(int rank) { instance().rank = rank; }

int rank() { return instance().rank; }

void set_quiet(bool quiet) { instance().quiet = quiet; }

void info(std::string_view text) {
    write(spdlog::level::info, text, rank() == 0 && !instance().quiet);
}

void warn(std::string_view text) {
    {
        const std::lock_guard lock(instance().mutex);
        instance().warnings.emplace_back(text);
    }
    write(spdlog::level::warn, text, rank() == 0);
}

void error(std::string_view text) { write(spdlog::level::err, text, rank() == 0); }

void alert(std::string_view text) {
    write(spdlog::level::warn,
          rank() == 0 ? std::string(text) : concat("rank ", rank(), ": ", text), true);
}

void progress(std::string_view text) {
    if (!is_terminal() || instance().quiet) return;
    const std::lock_guard lock(instance().mutex);
    const std::string line = concat("\r\x1b[K", text);
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout);
    instance().progress_shown = true;
}

bool is_terminal() { return rank() == 0 && ::isatty(STDOUT_FILENO) == 1; }

int terminal_width() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        if (const auto width = to_integer(columns); width && *width >= 20 && *width <= 1000) {
            return static_cast<int>(*width);
        }
    }
    return 80;
}

std::vector<std::string> warnings() {
    const std::lock_guard lock(instance().mutex);
    return instance().warnings;
}

std::size_t warning_count() {
    const std::lock_guard lock(instance().mutex);
    return instance().warnings.size();
}

}  // namespace msunet::core::log
