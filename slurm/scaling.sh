#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How the program scales on this machine: the benchmarks of "msunet bench all" on 1, 2, 4 … ranks of
# a node, then on 1, 2, 4 … nodes of the job, in one job step. docs/scaling.md tells how to read the
# page that it leaves:
#   sbatch --nodes=8 slurm/scaling.sh
#   sbatch --nodes=8 slurm/scaling.sh --patch_size 128 --precision bf16 -tpath scans/data -mpath scans/masks
# A first argument that is a benchmark (group, sweep, prepare, io, limits) runs that one alone.
#SBATCH --job-name=msunet-scaling
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --gpus-per-node=4           # remove this line for CPUs
#SBATCH --cpus-per-task=8
#SBATCH --exclusive                 # other jobs would distort the times
#SBATCH --time=02:00:00
#SBATCH --output=msunet-scaling-%j.log
##SBATCH --account=…
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
what=all
case ${1:-} in
    "" | -*) ;;
    *) what=$1 && shift ;;
esac
# Files of io and prepare lie beside the page: submit from the file system that you want to measure,
# or give --scratch.
# A job that Slurm requeues measures again, into a folder of its own.
folder=msunet-scaling-$SLURM_JOB_ID${SLURM_RESTART_COUNT:+-$SLURM_RESTART_COUNT}
start_ranks bench "$what" -o "$folder" --scratch . "$@"
