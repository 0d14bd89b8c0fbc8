#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_page.sh MAKE_PAGE KIND PAGE PROBE: opens a made-up page in headless Chromium, works with it
# (the script PROBE) and fails on problems and on anything written to the browser's console.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
browser=
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        browser=$name
        break
    fi
done
if [ -z "$browser" ]; then
    echo "SKIPPED: there is no Chromium to open $3 in"
    exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$folder" "$2"
{
    cat "$folder/$3"
    echo "<script>"
    cat "$here/$4"
    echo "</script>"
} >"$folder/probed.html"

HOME=$folder "$browser" --headless=new --no-sandbox --disable-gpu --enable-logging=stderr \
    --window-size=1280,2000 --virtual-time-budget=8000 --dump-dom "file://$folder/probed.html" \
    >"$folder/dom" 2>"$folder/log"
if grep -E 'CONSOLE' "$folder/log"; then
    echo "the browser's console is not empty"
    exit 1
fi
if ! grep -q 'data-probe="all good"' "$folder/dom"; then
    grep -o 'data-probe="[^"]*"' "$folder/dom" || echo "the page's script did not run to its end"
    exit 1
fi
echo "the page is drawn and works: $(sed -n 's/.*data-times="\([^"]*\)".*/\1/p' "$folder/dom" | head -n 1)"
