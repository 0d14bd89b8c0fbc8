#!/bin/sh
# small.sh MPIEXEC BENCHMARK RANKS TRIALS SECONDS FACTOR: runs the dispatch benchmark in a temporary
# folder.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" -n "$3" "$2" "$4" "$5" "$folder/sweep" "$6" >"$folder/log.txt" || {
    tail -20 "$folder/log.txt"
    exit 1
}
