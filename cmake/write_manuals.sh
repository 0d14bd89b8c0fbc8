#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# write_manuals.sh PROGRAM FOLDER: man pages in FOLDER/man1, the completion for bash in
# FOLDER/msunet; FOLDER/complete is written last.
set -eu
program=$1
folder=$2
mkdir -p "$folder/man1"
"$program" --man >"$folder/man1/msunet.1"
for command in train predict init-model phantom status report merge bench; do
    "$program" --man "$command" >"$folder/man1/msunet-$command.1"
done
"$program" --bash_completion >"$folder/msunet"
: >"$folder/complete"
