#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Joins the shards of an array to one experiment:
#   sbatch slurm/merge.sh NAME SHARDS         NAME as given to array.sh, SHARDS the array's size
#SBATCH --job-name=msunet-merge
#SBATCH --ntasks=1
#SBATCH --time=00:30:00
#SBATCH --output=msunet-merge-%j.log
##SBATCH --account=…
##SBATCH --partition=…
set -euo pipefail
# shellcheck source=slurm/job.sh
source "${MSUNET_SLURM:-$SLURM_SUBMIT_DIR/slurm}/job.sh"
usage="usage: sbatch slurm/merge.sh NAME SHARDS"
name=${1:?$usage} shards=${2:?$usage}
folders=()
for ((i = 1; i <= shards; ++i)); do folders+=("${name}_shard${i}of$shards"); done
start_ranks merge -o "$name" "${folders[@]}"
