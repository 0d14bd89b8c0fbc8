# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions and variables that the scripts share; they source this file.
# shellcheck disable=SC2034  # the scripts use the variables

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$project/.deps
torch_packages="torch==2.11.0 nvidia-cuda-crt==13.0.88 nvidia-cuda-cccl==13.0.85"
linter_packages="check-jsonschema==0.39.0 zizmor==1.32.0"
linters_venv=$deps/linters-venv
torch_venv=${MSUNET_TORCH_VENV:-$deps/torch-venv}

say() { printf '== %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# The comment at the top of the calling script.
print_help() { sed -n '3,/^[^#]/{/^#/!q;/^# shellcheck/d;s/^# \{0,1\}//;p}' "$0"; }

case ${1:-} in -h | --help)
    print_help
    exit 0
    ;;
esac

# Shows every second how long the calling script has waited, and the last line of LOG; where the
# output is no terminal, every half minute. Ends with the script.
show_progress() {
    local log=$1 began=$SECONDS line
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        line=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c 1-60)
        if [ -t 1 ]; then
            printf '\r\033[K   %3d s  %s' $((SECONDS - began)) "$line"
        elif [ $(((SECONDS - began) % 30)) -eq 0 ]; then
            printf '   %3d s  %s\n' $((SECONDS - began)) "$line"
        fi
    done
}

# run_logged LOG COMMAND...: runs a command whose output goes to LOG, with a line of progress.
run_logged() {
    local log=$1 reporter status=0
    shift
    : >"$log"
    show_progress "$log" &
    reporter=$!
    "$@" >"$log" 2>&1 || status=$?
    kill "$reporter"
    wait "$reporter" 2>/dev/null || true
    [ ! -t 1 ] || printf '\r\033[K'
    return "$status"
}

# Number of parallel compilers: one per core, as far as free memory permits. A file that includes
# libtorch needs about 1.5 GB.
parallel_jobs() {
    local cores by_memory
    cores=$(nproc)
    by_memory=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}

# The distribution's Python has its venv package; another one in PATH may not.
system_python() {
    if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi
}

# Settings of Open MPI for small machines and containers: it may run as root and with more ranks
# than cores, and waiting ranks yield.
mpi_environment() {
    if [ "$(id -u)" -eq 0 ]; then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
    export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe  # Open MPI 5
    # Shared windows lie in /dev/shm, which containers often limit to 64 MB.
    local free
    free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
    if [ "${free:-0}" -lt 1048576 ]; then
        export OMPI_MCA_osc_sm_backing_directory=${TMPDIR:-/tmp}
    fi
}
