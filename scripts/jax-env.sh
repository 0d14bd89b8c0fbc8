#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes .deps/jax-venv, the Python environment of JAX in benchmarks/peers. Without it the benchmark
# leaves JAX out and says so. Needs Python 3.11 or newer; another interpreter:
# MSUNET_PYTHON311=/path/to/python3.11.
set -euo pipefail
. "$(dirname "$0")/common.sh"

venv=$deps/jax-venv
packages="jax==0.10.2 jaxlib==0.10.2"

if [ "$(cat "$venv/msunet-packages" 2>/dev/null)" = "$packages" ]; then
    say "JAX: .deps/jax-venv is complete"
    exit 0
fi
say "Installing JAX into .deps/jax-venv (0.5 GB, a minute)"
rm -rf "$venv"
mkdir -p "$deps"
"${MSUNET_PYTHON311:-python3}" -m venv "$venv"
# shellcheck disable=SC2086  # a list of packages
"$venv/bin/pip" install --quiet --disable-pip-version-check $packages
"$venv/bin/python" -c 'import jax'
echo "$packages" >"$venv/msunet-packages"
say "JAX: .deps/jax-venv is ready"
