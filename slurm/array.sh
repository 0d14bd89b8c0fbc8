#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A job array: every task tries its share of the permutations in a folder of its own, without MPI
# between nodes. For sites on which small jobs start sooner than large ones. Afterwards merge.sh
# makes one experiment of them:
#   array=$(sbatch --parsable slurm/array.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt)
#   sbatch --dependency=afterok:$array slurm/merge.sh sweep 8
#SBATCH --job-name=msunet
#SBATCH --array=1-8                 # from 1 in steps of 1
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=1           # leave the line out for CPUs
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
#SBATCH --signal=B:USR1@120         # 120 s before the end: save checkpoints and stop
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=msunet-%A-%a.log
##SBATCH --account=…
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
run_job start_ranks "$@" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
