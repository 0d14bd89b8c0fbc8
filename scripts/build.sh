#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds. Leaves the program at build/msunet.
#   scripts/build.sh [PRESET [CMAKE_ARGUMENT...]]      PRESET: release (default), debug, asan
set -euo pipefail
. "$(dirname "$0")/common.sh"

preset=${1:-release}
[ $# -eq 0 ] || shift
folder=$project/build
[ "$preset" = release ] || folder=$project/build-$preset
jobs=$(parallel_jobs)

arguments=(-DMSUNET_TORCH_VENV="$torch_venv")
[ -z "${MSUNET_LIBTORCH_DIR:-}" ] || arguments+=(-DMSUNET_LIBTORCH_DIR="$MSUNET_LIBTORCH_DIR")

cd "$project"
mkdir -p "$folder"
say "Configuring preset $preset in ${folder#"$project"/}"
cmake --preset "$preset" "${arguments[@]}" "$@" >"$folder/configure.log" 2>&1 || {
    tail -n 30 "$folder/configure.log" >&2
    fail "configuration failed; all of it is in $folder/configure.log (did scripts/setup.sh run?)"
}
# Objects are then shared by all clones of the project on this machine.
export CCACHE_BASEDIR=$project CCACHE_NOHASHDIR=1
say "Building with $jobs jobs; the first build takes a while"
cmake --build "$folder" --parallel "$jobs"
if [ -x "$folder/msunet" ]; then say "Built ${folder#"$project"/}/msunet"; fi
