// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace msunet::h5 {

/// Opens the HDF5 library and silences its own printing of errors. Parallel HDF5 calls MPI when it
/// opens: a program that later writes from another thread calls this on its main thread, after
/// `comm::Environment`. Everything else in this module calls it too.
void open_library();

/// The version of the HDF5 library, such as "1.10.8".
[[nodiscard]] std::string library_version();

}  // namespace msunet::h5
