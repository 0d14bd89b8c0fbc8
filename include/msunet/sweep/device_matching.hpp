// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which rank of a node takes which of its GPUs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace msunet::sweep {

/// Divides a node's devices among its ranks. `visible` holds, by local rank, the UUIDs of the
/// devices that the rank sees, in the rank's own numbering; the lists may differ, as Slurm can bind
/// ranks to devices. Returns for each rank the number of its device in its own list, or -1 where it
/// gets none. At most `ranks_per_device` ranks (≥ 1) share a device.
///
/// As many devices as possible are used, then as many ranks as possible get one, and the loads are
/// as even as the lists allow: no two ranks share a device while one of them sees an idle one. The
/// result depends on the arguments alone. A lower rank never loses its place to a higher one, and
/// ranks that all see the same list take its devices in order.
[[nodiscard]] std::vector<std::int64_t> match_devices(
    const std::vector<std::vector<std::string>>& visible, std::int64_t ranks_per_device);

}  // namespace msunet::sweep
