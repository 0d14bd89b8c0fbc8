// SPDX-License-Identifier: Apache-2.0
/// \file
/// Failures between ranks.
#pragma once

#include "msunet/codec/fields.hpp"
#include "msunet/core/failure.hpp"
#include "msunet/core/problem.hpp"

namespace msunet::codec {

template <class Archive, Is<core::Problem> T>
void fields(Archive& archive, T& problem) {
    archive("place", problem.place);
    archive("option", problem.option);
    archive("path", problem.path);
    archive("kind", problem.kind);
    archive("key", problem.key);
    archive("got", problem.got);
    archive("expected", problem.expected);
    archive("problem", problem.problem);
    archive("why", problem.why);
    archive("advice", problem.advice);
}

template <class Archive, Is<core::Failure> T>
void fields(Archive& archive, T& failure) {
    archive.converted(
        "code", failure.code, [](core::ExitCode code) { return static_cast<int>(code); },
        [](int code) { return static_cast<core::ExitCode>(code); });
    archive("problems", failure.problems);
}

}  // namespace msunet::codec
