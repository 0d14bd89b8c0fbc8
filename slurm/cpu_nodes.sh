#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nodes without GPUs, several ranks per node:
#   sbatch slurm/cpu_nodes.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt
# One permutation per rank makes the best use of the cores. With fewer permutations than ranks,
# several ranks train one together.
#SBATCH --job-name=msunet
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=8
#SBATCH --cpus-per-task=4           # threads per rank
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
