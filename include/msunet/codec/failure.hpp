// SPDX-License-Identifier: Apache-2.0
/// \file
/// Exit codes, as their numbers, and failures between ranks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "msunet/codec/fields.hpp"
#include "msunet/core/failure.hpp"
#include "msunet/core/text.hpp"

namespace msunet::codec {

template <>
struct Names<core::ExitCode> {
    static std::string text(core::ExitCode value) {
        return std::to_string(static_cast<int>(value));
    }
    static std::optional<core::ExitCode> parse(std::string_view name) {
        const auto code = core::to_integer(name);
        if (!code) return std::nullopt;
        return static_cast<core::ExitCode>(*code);
    }
};

template <class Archive, Is<core::Failure> T>
void fields(Archive& archive, T& failure) {
    archive("code", failure.code);
    archive("problems", failure.problems);
}

}  // namespace msunet::codec
