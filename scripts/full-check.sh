#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The checks that take too long for .ci/run, before a release: all tests with the long ones (small
# versions of the benchmarks, many kills of a sweep, the network with the kernels for older processors,
# the container's %post in a Debian root), unit and MPI tests of all modules under sanitizers, fuzzers
# for five minutes each, clang-tidy on the whole program. About four hours on two cores.
# shellcheck disable=SC2317  # stage calls the functions
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/common.sh
. scripts/stages.sh

compiles_for_aarch64() {
    # Code 77: there is no cross compiler.
    scripts/check-aarch64.sh || [ $? -eq 77 ]
}

stage "Set-up" scripts/setup.sh --dev
stage "Environment of the interop tests" scripts/interop-env.sh
# An argument of CTest stands for the default choice of tests.
stage "All tests" scripts/test.sh --label-regex .
stage "Tests of all modules under sanitizers" sanitized asan-all
stage "Fuzzers, 300 s each" scripts/fuzz.sh 300
stage "clang-tidy" scripts/tidy.sh
stage "Compiles for aarch64" compiles_for_aarch64

summary
