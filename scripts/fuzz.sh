#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzzers of our own readers (tests/fuzz) and runs each for some time, two at a time.
#   scripts/fuzz.sh [SECONDS [FUZZER...]]      default: 20 s, all fuzzers
# The corpora are kept in build-fuzz/corpus. An input that makes a reader crash, hang, leak or use
# too much memory is written to build-fuzz/findings, and the exit code is 1.
set -euo pipefail
. "$(dirname "$0")/common.sh"

seconds=${1:-20}
[ $# -eq 0 ] || shift
command -v clang++-14 >/dev/null || fail "clang++-14 is missing; scripts/setup.sh --dev installs it"
"$project/scripts/build.sh" fuzz
build=$project/build-fuzz
if [ $# -gt 0 ]; then
    fuzzers=("$@")
else
    fuzzers=()
    for program in "$build"/bin/*_fuzz; do
        program=${program##*/}
        fuzzers+=("${program%_fuzz}")
    done
fi

rm -rf "$build/findings"
mkdir -p "$build/corpus" "$build/findings"
"$(system_python)" -B "$project/tests/fuzz/seeds.py" "$build/seeds"

run_fuzzer() {
    local name=$1 leaks=1
    # The HDF5 library does not free all its memory at exit.
    [ "$name" != keras ] || leaks=0
    mkdir -p "$build/corpus/$name"
    "$build/bin/${name}_fuzz" "$build/corpus/$name" "$build/seeds/$name" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
        -detect_leaks="$leaks" -print_final_stats=1 \
        -artifact_prefix="$build/findings/$name-" >"$build/$name.log" 2>&1 </dev/null
}

# One line of the table: number of executions and covered branches.
summary() {
    local name=$1 log=$build/$1.log executions coverage
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
    printf '%-12s %10s executions, %s\n' "$name" "${executions:-?}" "${coverage:-cov: ?}"
}

say "Running ${#fuzzers[@]} fuzzers for $seconds s each, two at a time"
failed=0
for ((i = 0; i < ${#fuzzers[@]}; i += 2)); do
    pids=()
    for name in "${fuzzers[@]:i:2}"; do
        run_fuzzer "$name" &
        pids+=($!)
    done
    for j in "${!pids[@]}"; do
        name=${fuzzers[i + j]}
        if wait "${pids[j]}"; then
            summary "$name"
        else
            failed=1
            printf '%-12s FAILED; see %s\n' "$name" "build-fuzz/$name.log"
            grep -E -A12 'ERROR|runtime error|Test unit written|terminate called' \
                "$build/$name.log" | head -n 40 || true
        fi
    done
done
exit "$failed"
