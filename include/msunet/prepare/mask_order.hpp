// SPDX-License-Identifier: Apache-2.0
/// \file
/// Masks whose voxels are stored in another order than their scan's.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "msunet/core/volume.hpp"
#include "msunet/imaging/axes.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::prepare {

/// Why a mask can't be that of a scan, by the geometry of both: sizes that differ, if the rule
/// knows no order that makes them equal. With advice; nothing if it can.
[[nodiscard]] std::optional<std::string> size_mismatch(const core::Volume& scan,
                                                       const core::Volume& mask,
                                                       imaging::MaskGeometry rule);

/// Gives the voxels of a scan; null where it can't be read.
using ScanVoxels = std::function<const core::Volume*()>;

/// A {0,1} mask, without size_mismatch, in the order of the voxels of its scan and with the scan's
/// geometry, which `place` has. `scan` is called only where the headers differ and `rule` is
/// `automatic`. A header that lies otherwise than the scan's is a remark about `file`.
[[nodiscard]] core::Volume in_order_of_scan(core::Volume mask, const core::Volume& place,
                                            imaging::MaskGeometry rule, const ScanVoxels& scan,
                                            const std::filesystem::path& file, Findings& findings);

}  // namespace msunet::prepare
