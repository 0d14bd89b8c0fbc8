#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One node with GPUs, one rank a GPU:
#   sbatch slurm/one_node.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt
# Give a name (-n): by it the job finds its experiment again when it is queued again.
#SBATCH --job-name=msunet
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=4         # as many as GPUs
#SBATCH --gpus-per-node=4           # not --gpus-per-task: it hides a node's GPUs from each other
#SBATCH --cpus-per-task=8           # threads that preprocess and feed
#SBATCH --time=12:00:00
#SBATCH --signal=B:USR1@120         # 120 s before the end: save checkpoints and stop
#SBATCH --requeue                   # also when a node fails
#SBATCH --open-mode=append          # one log over all restarts
#SBATCH --output=msunet-%j.log
##SBATCH --account=…                # what your site asks for: one # less, and your account
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
run_job start_ranks "$@"
