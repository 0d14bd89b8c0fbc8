// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msunet::core::log {

/// While one lives, this process's info() and warn() write nothing: for work that is repeated.
/// Errors are written.
class Muted {
public:
    Muted();
    ~Muted();
    Muted(const Muted&) = delete;
    Muted& operator=(const Muted&) = delete;
};

}  // namespace msunet::core::log
