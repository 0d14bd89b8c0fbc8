#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How the run time depends on the number of ranks: the same sweep on 1, 2, 4, … ranks of this job,
# one line of output each:
#   sbatch slurm/scaling.sh -tpath scans/data -mpath scans/masks -talos grid.txt
# The grid should have several permutations for each rank of the largest run.
#SBATCH --job-name=msunet-scaling
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --gpus-per-node=4           # remove this line for CPUs
#SBATCH --cpus-per-task=8
#SBATCH --exclusive                 # other jobs would distort the times
#SBATCH --time=04:00:00
#SBATCH --output=msunet-scaling-%j.log
##SBATCH --account=…
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
results=msunet-scaling-$SLURM_JOB_ID
mkdir -p "$results"
# Only the first run would preprocess, the others would read the cache: fill it before.
ranks=$SLURM_NTASKS
(start_ranks "$@" --output_directory "$results" --cache "$results/cache" -n warm_up \
    --round_limit 1) >"$results/warm_up.log" 2>&1 ||
    { echo "the first run failed, see $results/warm_up.log" >&2 && exit 1; }
printf '%6s %10s   %s\n' ranks seconds "time as msunet reports it"
for ((ranks = 1; ranks <= SLURM_NTASKS; ranks *= 2)); do
    log=$results/$ranks.log
    began=$(date +%s.%N)
    (start_ranks "$@" --output_directory "$results" --cache "$results/cache" -n "ranks_$ranks" \
        --resume never) >"$log" 2>&1 || { echo "$ranks ranks failed, see $log" && continue; }
    printf '%6d %10.1f   %s\n' "$ranks" "$(awk -v a="$began" -v b="$(date +%s.%N)" \
        'BEGIN {print b - a}')" "$(sed -n 's/^  time */time /p' "$log")"
done
