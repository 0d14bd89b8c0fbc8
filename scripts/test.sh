#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs, builds and runs the tests; lists skipped tests and the reasons at the end.
#   scripts/test.sh [CTEST_ARGUMENT...]      for instance: scripts/test.sh -L unit -R sweep
# Without arguments all tests but those with the label long, which scripts/full-check.sh runs.
set -euo pipefail
. "$(dirname "$0")/common.sh"

"$project/scripts/setup.sh"
"$project/scripts/build.sh"
mpi_environment
# Before OMP_NUM_THREADS is set, because nproc takes it into account. One test more than cores, as many
# wait much of their time.
parallel=$(($(nproc) + 1))
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

[ $# -gt 0 ] || set -- --label-exclude '^long$'
log=$project/build/test.log
result=0
ctest --test-dir "$project/build" --output-on-failure --parallel "$parallel" "$@" | tee "$log" ||
    result=$?
"$(system_python)" "$project/tests/support/skipped.py" "$project/build/Testing/Temporary/LastTest.log"
grep -E '^[0-9]+% tests passed' "$log" || true
exit "$result"
