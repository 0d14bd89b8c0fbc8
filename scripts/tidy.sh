#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs clang-tidy with the checks of .clang-tidy on the sources that a build folder compiles.
#   scripts/tidy.sh BUILD_DIRECTORY [PATTERN [SECONDS]]
# PATTERN: a regular expression on file names, src/ by default. After SECONDS (default: no limit) no
# further file is started, and the remaining ones are listed.
set -euo pipefail
. "$(dirname "$0")/common.sh"

folder=${1:?the build folder}
pattern=${2:-/src/}
limit=${3:-0}
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || fail "clang-tidy is missing; \
scripts/setup.sh --dev installs it"

files=$("$(system_python)" - "$folder/compile_commands.json" "$pattern" <<'PY'
import json, re, sys
files = {entry["file"] for entry in json.load(open(sys.argv[1]))}
print("\n".join(sorted(f for f in files if re.search(sys.argv[2], f) and "/CMakeFiles/" not in f)))
PY
)
[ -n "$files" ] || fail "no file of $folder matches '$pattern'"

export tidy folder limit
check_one() {
    if [ "$limit" -gt 0 ] && [ $(($(date +%s) - begun)) -ge "$limit" ]; then
        echo "not checked, the time limit was reached: $1"
        return 0
    fi
    "$tidy" -p "$folder" --quiet "$1" 2>&1 | grep -v 'warnings\? generated\|^Suppressed\|^Use -header' |
        cat
    return "${PIPESTATUS[0]}"
}
begun=$(date +%s)
export begun
export -f check_one
say "clang-tidy on $(wc -l <<<"$files") files"
xargs -d '\n' -P "$(nproc)" -I{} bash -c 'check_one "{}"' <<<"$files" ||
    fail "clang-tidy found the problems above"
