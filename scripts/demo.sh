#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a trained model: installs, builds, makes phantoms of rodent heads and trains
# two permutations on them.
#   scripts/demo.sh [DIRECTORY]      DIRECTORY: for data and results, demo/ by default
set -euo pipefail
. "$(dirname "$0")/common.sh"

animals=5
seed=1
grid="{'epochs': [10, 1], 'lr': 0.005, 'batch_size': 16, 'dropout': 0.1}"
options=(-ts 64 -fp 0.5 -fs 0.25 --enable_augmentation False --restore_best True)
[[ ${1:-} != -* ]] || fail "unknown argument '$1'; --help lists those there are"
directory=$(realpath -m "${1:-$project/demo}")

"$project/scripts/setup.sh"
"$project/scripts/build.sh" --program
mpi_environment

say "Making phantoms of $animals animals in $directory/data"
"$project/build/msunet" phantom "$directory/data" --animals "$animals" --seed "$seed"
say "Training two permutations"
cd "$directory"
"$project/build/msunet" train -tpath data/data -mpath data/masks -n demo \
    -talos "$grid" "${options[@]}"
say "Results: $directory/demo"
