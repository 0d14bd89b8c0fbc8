#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles the program's sources for aarch64 with Debian's cross compiler and this machine's headers.
# Nothing is linked: that would need libtorch, ITK and HDF5 for aarch64.
#   scripts/check-aarch64.sh [PATTERN]       PATTERN: a regular expression on folders of modules
# Ends with code 77 where the compiler is missing.
set -euo pipefail
. "$(dirname "$0")/common.sh"

compiler=$(command -v aarch64-linux-gnu-g++ || command -v aarch64-linux-gnu-g++-12) || {
    echo "SKIPPED: aarch64-linux-gnu-g++ is missing (Debian's package g++-aarch64-linux-gnu)"
    exit 77
}
folder=$project/build-aarch64

cd "$project"
mkdir -p "$folder"
cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_SYSTEM_NAME=Linux \
    -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DMSUNET_TESTS=OFF -DMSUNET_TORCH_VENV="$torch_venv" \
    -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_UNITY_BUILD=ON >"$folder/configure.log" 2>&1 || {
    tail -n 30 "$folder/configure.log" >&2
    fail "configuration failed; see $folder/configure.log (did scripts/setup.sh run?)"
}

# One command a line: that of the build with the cross compiler, whose output is discarded.
commands=$("$(system_python)" - "$folder/compile_commands.json" "$compiler" "${1:-/src/}" <<'PY'
import json, re, shlex, sys
for entry in json.load(open(sys.argv[1])):
    if not re.search(sys.argv[3], entry["file"]):
        continue
    words = shlex.split(entry["command"])
    if words[0].endswith("ccache"):
        del words[0]
    end = words.index("-o")
    words[end:end + 2] = []
    print(shlex.join([sys.argv[2], *words[1:], "-Wno-psabi", "-o", "/dev/null"]))
PY
)
[ -n "$commands" ] || fail "no file matches '${1:-/src/}'"
say "Compiling $(wc -l <<<"$commands") files for aarch64"
xargs -d '\n' -P "$(parallel_jobs)" -I{} bash -c '{}' <<<"$commands" || fail "see the errors above"
