// SPDX-License-Identifier: Apache-2.0
/// \file
/// Work that rank 0 does alone while the others wait: all get its value, or throw what it threw.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"

namespace msunet::codec {

template <>
struct Names<core::ExitCode> {
    static std::string text(core::ExitCode value) {
        return std::to_string(static_cast<int>(value));
    }
    static std::optional<core::ExitCode> parse(std::string_view name);
};

}  // namespace msunet::codec

namespace msunet::app {

namespace detail {

/// The exception that rank 0's work threw.
struct RootFailure {
    core::ExitCode code = core::ExitCode::failure;
    std::vector<std::string> problems;
};

/// What rank 0 sends to the others: a value or a failure.
template <class Value>
struct RootOutcome {
    std::optional<Value> value;
    std::optional<RootFailure> failure;
};

template <class Archive, codec::Is<RootFailure> T>
void fields(Archive& archive, T& failure) {
    archive("code", failure.code);
    archive("problems", failure.problems);
}
template <class Archive, class Value>
void fields(Archive& archive, RootOutcome<Value>& outcome) {
    archive("value", outcome.value);
    archive("failure", outcome.failure);
}
template <class Archive, class Value>
void fields(Archive& archive, const RootOutcome<Value>& outcome) {
    archive("value", outcome.value);
    archive("failure", outcome.failure);
}

[[nodiscard]] RootFailure failure_of(const std::exception& error);

}  // namespace detail

/// Collective over `world`: rank 0 runs `work`; every rank returns its value, which the codec must
/// know (see codec/fields.hpp), or nothing where it returns nothing. What rank 0 throws is thrown
/// on every rank as core::Error with the same exit code and problems, so that all end alike.
template <class Work>
auto on_root(const comm::Communicator& world, Work&& work) {
    using Result = std::invoke_result_t<Work>;
    using Value = std::conditional_t<std::is_void_v<Result>, bool, Result>;
    detail::RootOutcome<Value> outcome;
    std::string text;
    if (world.is_root()) {
        try {
            if constexpr (std::is_void_v<Result>) {
                work();
                outcome.value = true;
            } else {
                outcome.value = work();
            }
        } catch (const std::exception& error) {
            outcome.failure = detail::failure_of(error);
        }
        text = codec::to_json(outcome);
    }
    outcome = codec::from_json<detail::RootOutcome<Value>>(world.broadcast(std::move(text)));
    if (outcome.failure) {
        throw core::Error(outcome.failure->code, std::move(outcome.failure->problems));
    }
    if constexpr (!std::is_void_v<Result>) return std::move(*outcome.value);
}

}  // namespace msunet::app
