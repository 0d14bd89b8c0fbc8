// SPDX-License-Identifier: Apache-2.0
/// \file
/// Progress of preprocessing as the user sees it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "msunet/job/watchdog.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::view {

/// A progress bar on a terminal, and progress reports to the watchdog.
class PreparationView final : public prepare::Observer {
public:
    explicit PreparationView(job::Watchdog& watchdog) : watchdog_(watchdog) {}

    void phase(std::string_view name) override;
    void holds(std::string_view what) override;
    void released() override;
    void progress(std::size_t done, std::size_t total) override;

    /// Removes the bar.
    void end();

private:
    job::Watchdog& watchdog_;
    std::string phase_ = "preparing";
    double began_ = 0;
    double shown_ = 0;
};

}  // namespace msunet::view
