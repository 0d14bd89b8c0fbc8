// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/dispatch/dispatcher.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::app {

/// Rank 0, when no trial runs any more: writes tables, archive and report, or what there is of them
/// if trials are left, ends the journal and prints the last lines. Returns the exit code.
core::ExitCode finish_sweep(const unet::Architecture& architecture,
                            const std::filesystem::path& folder, record::Journal& journal,
                            const dispatch::SweepEnding& ending);

}  // namespace msunet::app
