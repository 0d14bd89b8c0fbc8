// SPDX-License-Identifier: Apache-2.0
/// \file
/// Work that rank 0 does alone while the others wait: all get its value, or throw what it threw.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "msunet/codec/failure.hpp"
#include "msunet/codec/json.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/failure.hpp"

namespace msunet::comm {

namespace detail {

/// What is sent for a result: an exit code as its number.
template <class Result>
using Sent =
    std::conditional_t<std::is_void_v<Result>, bool,
                       std::conditional_t<std::is_same_v<Result, core::ExitCode>, int, Result>>;

/// What rank 0 sends to the others: a value or a failure.
template <class Value>
struct RootOutcome {
    std::optional<Value> value;
    std::optional<core::Failure> failure;
};

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

}  // namespace detail

/// Collective over `world`: rank 0 runs `work`; every rank returns its value, which the codec must
/// know (see codec/fields.hpp), or nothing where it returns nothing. What rank 0 throws is thrown
/// on every rank as core::Error with the same exit code and problems, so that all end alike.
template <class Work>
auto on_root(const Communicator& world, Work&& work) {
    using Result = std::invoke_result_t<Work>;
    using Value = detail::Sent<Result>;
    detail::RootOutcome<Value> outcome;
    std::string text;
    if (world.is_root()) {
        try {
            if constexpr (std::is_void_v<Result>) {
                work();
                outcome.value = true;
            } else {
                outcome.value = static_cast<Value>(work());
            }
        } catch (const std::exception& error) {
            outcome.failure = core::failure_of(error);
        }
        text = codec::to_json(outcome);
    }
    outcome = codec::from_json<detail::RootOutcome<Value>>(world.broadcast(std::move(text)));
    if (outcome.failure) {
        throw core::Error(outcome.failure->code, outcome.failure->problems);
    }
    if constexpr (!std::is_void_v<Result>) return static_cast<Result>(std::move(*outcome.value));
}

}  // namespace msunet::comm
