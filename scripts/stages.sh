# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Stages of .ci/run and scripts/full-check.sh, which source this file after common.sh.

table=""
failed=0
stage() {
    local name=$1 begun=$SECONDS result=ok
    shift
    printf '\n======== %s\n' "$name"
    "$@" || { result=FAILED; failed=1; }
    table+=$(printf '%-34s %-7s %5d s' "$name" "$result" $((SECONDS - begun)))$'\n'
}

# sanitized PRESET: unit and MPI tests under address and undefined-behaviour sanitizers.
sanitized() {
    # Warnings are errors only in the release build: with sanitizers GCC 12 gives false warnings.
    scripts/build.sh "$1" || return 1
    mpi_environment
    local result=0 tests=(env UBSAN_OPTIONS=print_stacktrace=1
        ctest --test-dir "build-$1" --output-on-failure --parallel "$(nproc)")
    ASAN_OPTIONS=detect_leaks=1 "${tests[@]}" -L unit -LE 'mpi|^long$' || result=1
    # Components that Open MPI has unloaded leak memory; no suppression can name them.
    ASAN_OPTIONS=detect_leaks=0 "${tests[@]}" -L mpi -LE '^long$' || result=1
    return "$result"
}

# The table of all stages, and the exit code.
summary() {
    printf '\n======== Summary\n%s' "$table"
    grep -hE '^[0-9]+% tests passed' build/test.log
    exit "$failed"
}
