#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs clang-tidy with the checks of .clang-tidy.
#   scripts/tidy.sh [--light] [--since COMMIT] [PATTERN]
# PATTERN: a regular expression on file names, /src/ by default. --light: without the modules that
# need ITK or libtorch. --since: only sources that changed after COMMIT by more than a move, whose own
# header did, or that include a changed header without a source of its own. Files are checked one by one, as a build
# that is no unity build compiles them.
set -euo pipefail
. "$(dirname "$0")/common.sh"

light=OFF
if [ "${1:-}" = --light ]; then
    light=ON
    shift
fi
changed=""
if [ "${1:-}" = --since ]; then
    changed=$(git -C "$project" diff --name-only --find-renames=90% --diff-filter=AM \
        "$2" -- src include)
    [ -n "$changed" ] || { say "clang-tidy: no source has changed since $2"; exit 0; }
    shift 2
fi
pattern=${1:-/src/}
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || fail "clang-tidy is missing; \
scripts/setup.sh --dev installs it"
folder=$project/build-tidy

cd "$project"
mkdir -p "$folder"
cmake --preset tidy -DMSUNET_TORCH_VENV="$torch_venv" -DMSUNET_LIGHT=$light \
    >"$folder/configure.log" 2>&1 || {
    tail -n 30 "$folder/configure.log" >&2
    fail "configuration failed; see $folder/configure.log (did scripts/setup.sh run?)"
}

files=$("$(system_python)" - "$folder/compile_commands.json" "$pattern" "$changed" <<'PY'
import json, pathlib, re, sys
def unit(path):
    """Module and name of a source or of its header: sweep/scheduler."""
    return pathlib.Path(re.sub(r".*\b(src|include/msunet)/", "", path)).with_suffix("")
def includes(path, headers):
    """Whether a source includes one of these headers, by its name."""
    names = re.findall(r'^#include "(?:[^"]*/)?([^"/]+)"', pathlib.Path(path).read_text(), re.M)
    return not headers.isdisjoint(names)
files = {f for f in (entry["file"] for entry in json.load(open(sys.argv[1])))
         if "/CMakeFiles/" not in f}
paths = [path for path in sys.argv[3].split("\n") if path]
changed = {unit(path) for path in paths}
units = {unit(f) for f in files}
alone = {pathlib.Path(path).name for path in paths
         if path.endswith(".hpp") and unit(path) not in units}
print("\n".join(sorted(f for f in files if re.search(sys.argv[2], f)
                       and (not paths or unit(f) in changed or includes(f, alone)))))
PY
)
if [ -z "$files" ]; then
    [ -n "$changed" ] || fail "no file of $folder matches '$pattern'"
    say "clang-tidy: no source that matches '$pattern' has changed"
    exit 0
fi

# clang reads ITK's headers as in a build with clang.
itk_header=$project/cmake/dependencies/itk_for_clang.hpp
export tidy folder itk_header
check_one() {
    "$tidy" -p "$folder" --quiet --extra-arg=-include --extra-arg="$itk_header" "$1" 2>&1 |
        grep -v 'warnings\? generated\|^Suppressed\|^Use -header' |
        cat
    return "${PIPESTATUS[0]}"
}
export -f check_one
say "clang-tidy on $(wc -l <<<"$files") files"
xargs -d '\n' -P "$(nproc)" -I{} bash -c 'check_one "{}"' <<<"$files" ||
    fail "clang-tidy found the problems above"
