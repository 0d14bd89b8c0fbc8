#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interop.sh PYTHON SCRIPT [ARGUMENT...]: runs a test in the reference environment, if there is one.
if [ ! -x "$1" ]; then
    echo "SKIPPED: there is no '$1'; scripts/interop-env.sh makes it"
    exit 77
fi
exec "$@"
