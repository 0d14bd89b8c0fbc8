#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the build dependencies of msunet on Debian 12, Debian 13 and Ubuntu 24.04. It installs only
# what is missing and takes a second if nothing is. ITK 5.4 (Debian 13) links FFTW, which its package
# only recommends.
#   scripts/setup.sh [--dev]      --dev: also the tools of .ci/run (clang-tidy, Chromium, …)
# libtorch is installed as PyTorch's wheel into .deps/torch-venv. To use an existing one, set
# MSUNET_TORCH_VENV (a Python environment) or MSUNET_LIBTORCH_DIR (an unpacked libtorch).
set -euo pipefail
. "$(dirname "$0")/common.sh"

packages=(
    g++ make cmake ninja-build ccache pkg-config
    libopenmpi-dev openmpi-bin openssh-client
    libhdf5-openmpi-dev libinsighttoolkit5-dev libfftw3-dev
    libboost-dev libboost-program-options-dev libyaml-cpp-dev
    libzip-dev zlib1g-dev libpng-dev libcairo2-dev fonts-dejavu-core
    nlohmann-json3-dev libxxhash-dev libspdlog-dev
    libgtest-dev libgmock-dev libbenchmark-dev
    python3 python3-venv
)
case ${1:-} in
    --dev)
        packages+=(git dpkg-dev file clang-format-14 clang-tidy-14 shellcheck clang-14 libclang-rt-14-dev debootstrap)
        # For the virtual cluster of tests/slurm. Without /etc/slurm/slurm.conf no service starts.
        packages+=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge iproute2)
        # Ubuntu's package is a wrapper of a snap, which does not work in a container.
        if grep -q '^ID=debian' /etc/os-release; then packages+=(chromium); fi
        ;;
    '') ;;
    *) fail "unknown argument '$1'; use --dev or none" ;;
esac

install_packages() {
    local installed missing=() package
    command -v dpkg-query >/dev/null || fail "this is neither Debian nor Ubuntu; install the \
packages that docs/developing.md lists, then run scripts/build.sh"
    installed=" $(dpkg-query -W -f '${db:Status-Status} ${binary:Package} ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/:[a-z0-9]*//g; s/([^)]*)//g; s/,//g' | tr '\n' ' ') "
    for package in "${packages[@]}"; do
        [[ $installed == *" $package "* ]] || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "All ${#packages[@]} system packages are installed"
        return
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "system packages are missing and there is no sudo; \
ask an administrator to run: apt-get install ${missing[*]}"
        as_root=(sudo)
        # Asks for the password before the line of progress is drawn.
        sudo -n true 2>/dev/null || sudo -v
    fi
    say "Installing ${#missing[@]} system packages: ${missing[*]}"
    run_logged "$deps/apt.log" "${as_root[@]}" apt-get update ||
        fail "apt-get could not update its lists; its messages are in $deps/apt.log"
    run_logged "$deps/apt.log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}" ||
        fail "apt-get could not install the packages; its messages are in $deps/apt.log. On Ubuntu \
the component 'universe' must be enabled (add-apt-repository universe)"
}

# install_wheels NAME VENV WHEELS COST: installs Python packages into an environment of their own.
install_wheels() {
    local name=$1 venv=$2 wheels=$3 cost=$4
    # Written last, so that an interrupted installation is repeated.
    local stamp=$venv/msunet-packages
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wheels" ]; then
        say "$name: .deps/$(basename "$venv") has $wheels"
        return
    fi
    say "Installing $wheels into .deps/$(basename "$venv") ($cost)"
    rm -rf "$venv"
    "$(system_python)" -m venv "$venv"
    # shellcheck disable=SC2086  # a list of packages
    run_logged "$deps/pip.log" "$venv/bin/pip" install --progress-bar off \
        --disable-pip-version-check $wheels ||
        fail "pip could not install $wheels; check the network and the disk space; its \
messages are in $deps/pip.log"
    echo "$wheels" >"$stamp"
}

install_torch() {
    if [ -n "${MSUNET_TORCH_VENV:-}${MSUNET_LIBTORCH_DIR:-}" ]; then
        say "libtorch: ${MSUNET_LIBTORCH_DIR:-$MSUNET_TORCH_VENV}, from the environment variable"
        return
    fi
    install_wheels libtorch "$torch_venv" "$torch_packages" "4.6 GB on disk, a minute or more"
}

# What checks the file of the hosted CI.
install_linters() {
    install_wheels Linters "$linters_venv" "$linter_packages" "70 MB, a few seconds"
}

mkdir -p "$deps"
install_packages
install_torch
[ "${1:-}" != --dev ] || install_linters
say "Ready: scripts/build.sh builds the program"
