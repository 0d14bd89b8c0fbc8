// SPDX-License-Identifier: Apache-2.0
#include "msunet/view/preparation_view.hpp"

#include "msunet/core/log.hpp"
#include "msunet/core/time.hpp"
#include "msunet/report/terminal.hpp"

namespace msunet::view {

namespace {
constexpr double seconds_between_bars = 0.1;
}

void PreparationView::phase(std::string_view name) {
    phase_ = name;
    began_ = core::steady_seconds();
}

void PreparationView::holds(std::string_view what) { watchdog_.watch(std::string(what)); }

void PreparationView::released() { watchdog_.pause(); }

void PreparationView::progress(std::size_t done, std::size_t total) {
    const double now = core::steady_seconds();
    if (!core::log::is_terminal() || (now - shown_ < seconds_between_bars && done < total)) return;
    shown_ = now;
    report::Progress bar{phase_, done, total};
    if (done > 0) {
        bar.seconds_left =
            (now - began_) / static_cast<double>(done) * static_cast<double>(total - done);
    }
    core::log::progress(
        report::format_progress(bar, static_cast<std::size_t>(core::log::terminal_width())));
}

void PreparationView::end() { core::log::progress(""); }

}  // namespace msunet::view
