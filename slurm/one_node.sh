#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One node with GPUs, one rank per GPU:
#   sbatch slurm/one_node.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt
# Give a name (-n), so that a requeued job finds its experiment.
#SBATCH --job-name=msunet
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=4         # number of GPUs
#SBATCH --gpus-per-node=4           # not --gpus-per-task: it hides a node's GPUs from each other
#SBATCH --cpus-per-task=8           # threads that preprocess
#SBATCH --time=12:00:00
#SBATCH --signal=B:USR1@120         # 120 s before the end: save checkpoints and stop
#SBATCH --requeue                   # also when a node fails
#SBATCH --open-mode=append          # one log over all restarts
#SBATCH --output=msunet-%j.log
##SBATCH --account=…                # if your site needs it: remove one # and fill in
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
run_job start_ranks "$@"
