#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds. Leaves the program at build/msunet.
#   scripts/build.sh [--program] [PRESET [CMAKE_ARGUMENT...]]
#   --program: only the program, without the tests; PRESET: release (default), debug, asan,
#   asan-all, tsan, fuzz
set -euo pipefail
. "$(dirname "$0")/common.sh"

target=all
if [ "${1:-}" = --program ]; then
    target=msunet
    shift
fi
preset=${1:-release}
[[ $preset != -* ]] || fail "unknown argument '$preset'; --help lists those there are"
[ $# -eq 0 ] || shift
folder=$project/build
[ "$preset" = release ] || folder=$project/build-$preset
[ "$preset" != tsan ] || target=threads
jobs=$(parallel_jobs)

# A unity build takes half the time of a build file by file.
arguments=(-DMSUNET_TORCH_VENV="$torch_venv" -DCMAKE_UNITY_BUILD=ON)
[ -z "${MSUNET_LIBTORCH_DIR:-}" ] || arguments+=(-DMSUNET_LIBTORCH_DIR="$MSUNET_LIBTORCH_DIR")

cd "$project"
mkdir -p "$folder"
say "Configuring preset $preset in ${folder#"$project"/}"
cmake --preset "$preset" "${arguments[@]}" "$@" >"$folder/configure.log" 2>&1 || {
    tail -n 30 "$folder/configure.log" >&2
    fail "configuration failed; see $folder/configure.log (did scripts/setup.sh run?)"
}
# With these settings all clones of the project on a machine share compiled objects.
export CCACHE_BASEDIR=$project CCACHE_NOHASHDIR=1
say "Building with $jobs jobs; the first build takes a while"
cmake --build "$folder" --parallel "$jobs" --target "$target"
if [ -x "$folder/msunet" ]; then say "Built ${folder#"$project"/}/msunet"; fi
