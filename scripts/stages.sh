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

# under_sanitizers PRESET: unit and MPI tests of the modules in that preset.
under_sanitizers() {
    # Warnings are errors only in the release build: with sanitizers GCC 12 gives false warnings.
    scripts/build.sh "$1" || return 1
    mpi_environment
    local result=0 tests=(env UBSAN_OPTIONS=print_stacktrace=1
        ctest --test-dir "build-$1" --output-on-failure --parallel "$(nproc)")
    ASAN_OPTIONS=detect_leaks=1 "${tests[@]}" -L unit -LE mpi || result=1
    # Components that Open MPI has unloaded leak memory; no suppression can name them.
    ASAN_OPTIONS=detect_leaks=0 "${tests[@]}" -L mpi || result=1
    return "$result"
}

# The classes that have threads. Under mpirun it would judge Open MPI's threads, whose locks it can't
# see; ours call MPI from one thread.
under_thread_sanitizer() {
    scripts/build.sh tsan &&
        ctest --test-dir build-tsan --output-on-failure -R '^(checkpoint_writer|job|bench)$'
}

# The table of all stages, and the exit code.
summary() {
    printf '\n======== Summary\n%s' "$table"
    grep -hE '^[0-9]+% tests passed' build/test.log
    exit "$failed"
}
