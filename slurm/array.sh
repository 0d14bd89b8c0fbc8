#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A job array: every task trains its share of the permutations in its own folder, without MPI
# between nodes. For sites where small jobs start sooner than large ones. Afterwards merge.sh
# joins the results to one experiment:
#   array=$(sbatch --parsable slurm/array.sh -tpath scans/data -mpath scans/masks -n sweep -talos grid.txt)
#   sbatch --dependency=afterany:$array slurm/merge.sh sweep 8
#SBATCH --job-name=msunet
#SBATCH --array=1-8                 # from 1 in steps of 1
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=1           # remove this line for CPUs
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
