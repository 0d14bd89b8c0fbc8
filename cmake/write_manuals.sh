#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# write_manuals.sh PROGRAM FOLDER: man pages in FOLDER/man1, the completion for bash in
# FOLDER/msunet; FOLDER/complete is written last.
set -eu
program=$1
folder=$2
mkdir -p "$folder/man1"
"$program" --man >"$folder/man1/msunet.1"
commands=$("$program" --help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
for command in $commands; do
    "$program" --man "$command" >"$folder/man1/msunet-$command.1"
done
"$program" --bash_completion >"$folder/msunet"
: >"$folder/complete"
