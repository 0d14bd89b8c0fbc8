#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Many nodes with GPUs, one rank per GPU:
#   sbatch slurm/gpu_nodes.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt
# Useful if there are at least as many permutations as GPUs; "msunet ... --dry_run" counts them.
#SBATCH --job-name=msunet
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=4         # number of GPUs of a node
#SBATCH --gpus-per-node=4           # not --gpus-per-task: it hides a node's GPUs from each other
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
#SBATCH --signal=B:USR1@120         # 120 s before the end: save checkpoints and stop
#SBATCH --requeue                   # also when a node fails
#SBATCH --open-mode=append          # one log over all restarts
#SBATCH --output=msunet-%j.log
##SBATCH --account=…
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
run_job start_ranks "$@"
