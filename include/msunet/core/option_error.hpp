// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// An option has a value that is not allowed: exit code 2. The message is built from the data:
/// "'--ranks_per_trial' is 'x', allowed is auto, node or an integer of at least 1".
class OptionError : public UsageError {
public:
    /// `key`: the option without dashes. `got`: its value as text. `expected`: what is allowed.
    OptionError(std::string key, std::string got, std::string expected);
    ~OptionError() override;
    OptionError(const OptionError&) = default;
    OptionError& operator=(const OptionError&) = default;

    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    [[nodiscard]] const std::string& got() const noexcept { return got_; }
    [[nodiscard]] const std::string& expected() const noexcept { return expected_; }

private:
    std::string key_;
    std::string got_;
    std::string expected_;
};

}  // namespace msunet::core
