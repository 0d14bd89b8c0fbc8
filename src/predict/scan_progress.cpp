// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan_progress.hpp"

#include <chrono>
#include <thread>

#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::predict {

namespace {
constexpr auto rest = std::chrono::milliseconds(2);
}

ScanProgress::ScanProgress(const comm::Communicator& world, std::size_t total)
    : line_(world.duplicate()), outbox_(line_), total_(total), began_(core::steady_seconds()) {}

void ScanProgress::post(int rank, News news) { outbox_.post(rank, static_cast<int>(news), {}); }

void ScanProgress::take(News news) {
    switch (news) {
        case News::scan_ended:
            ++ended_;
            show();
            break;
        case News::rank_ended:
            ++ranks_ended_;
            break;
        case News::all_ended:
            all_ended_ = true;
            break;
        case News::stop:
            if (stopping_) break;
            stopping_ = true;
            if (!line_.is_root()) break;
            for (int rank = 1; rank < line_.size(); ++rank) post(rank, News::stop);
    }
}

void ScanProgress::show() const {
    const double seconds = core::steady_seconds() - began_;
    const double left =
        seconds / static_cast<double>(ended_) * static_cast<double>(total_ - ended_);
    core::log::progress(
        core::concat(ended_, " of ", total_, " scans, ", core::duration_text(left), " left"));
}

void ScanProgress::scan_ended() {
    line_.is_root() ? take(News::scan_ended) : post(0, News::scan_ended);
}

void ScanProgress::poll() {
    if (core::stop_requested() && !stopping_) {
        if (!line_.is_root()) post(0, News::stop);
        take(News::stop);
    }
    while (auto message = line_.try_receive()) {
        take(static_cast<News>(message->tag));
    }
    outbox_.progress();
}

void ScanProgress::wait_for_all() {
    if (!line_.is_root()) post(0, News::rank_ended);
    while (line_.is_root() ? ranks_ended_ + 1 < line_.size() : !all_ended_) {
        poll();
        std::this_thread::sleep_for(rest);
    }
    if (line_.is_root()) {
        for (int rank = 1; rank < line_.size(); ++rank) post(rank, News::all_ended);
    }
    outbox_.flush();
}

}  // namespace msunet::predict
