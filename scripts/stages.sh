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

# The table of all stages, and the exit code.
summary() {
    printf '\n======== Summary\n%s' "$table"
    grep -hE '^[0-9]+% tests passed' build/test.log
    exit "$failed"
}
