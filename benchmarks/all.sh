#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks one after another; each writes its table to a file. Needs a quiet machine, the
# release build with tests, and the environment of scripts/interop-env.sh.
#   benchmarks/all.sh [--quick] [FOLDER]     FOLDER: for the tables, benchmarks/results by default
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/common.sh
mpi_environment

quick=()
if [ "${1:-}" = --quick ]; then
    quick=(--quick)
    shift
fi
results=${1:-benchmarks/results}
mkdir -p "$results"
failed=0

table() {
    local name=$1 begun=$SECONDS
    shift
    say "$name"
    python3 "benchmarks/$1" "${quick[@]}" "${@:2}" --output "$results/$name.md" >/dev/null || {
        say "$name FAILED"
        failed=1
    }
    say "$name took $((SECONDS - begun)) s"
}

micro() {
    local name=$1 begun=$SECONDS
    shift
    say "micro_$name"
    OMP_NUM_THREADS=$(nproc) "$@" "build/bin/micro_$name" \
        --benchmark_min_time="$([ ${#quick[@]} -eq 0 ] && echo 0.2 || echo 0.001)" \
        >"$results/micro_$name.txt" 2>&1 || failed=1
    say "micro_$name took $((SECONDS - begun)) s"
}

suite() {
    local begun=$SECONDS small=()
    [ ${#quick[@]} -eq 0 ] || small=(--steps 2 --repeats 1 --batch_size 4 --patch_size 32 --animals 1)
    mpirun -n "$(nproc)" build/msunet bench all -o "$results/scaling" "${small[@]}" \
        >"$results/scaling.txt" || failed=1
    say "scaling took $((SECONDS - begun)) s"
}

table training peers/training.py
table job peers/job.py
table epoch peers/epoch.py
table preprocessing peers/preprocessing.py --pairs 20
table startup startup.py
suite
table dataset scaling/dataset.py
table model scaling/model.py
micro model
micro data
micro imaging
micro cache
micro all_reduce mpirun -n 2
say "The tables are in $results; not included, since they take longer: benchmarks/peers/accuracy.py" \
    "and benchmarks/accuracy/folds.py"
exit "$failed"
