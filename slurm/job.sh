# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the batch scripts share; sourced by them.
#   run_job COMMAND...    runs the command, passes signals on, requeues the job where it must go on
#   start_ranks WORD...   msunet WORD... on all ranks of the job, or on $ranks of them

# --- What to edit, or to set before sbatch -------------------------------------------------------
# The program.
program=${MSUNET_PROGRAM:-$SLURM_SUBMIT_DIR/build/msunet}
# srun, or mpirun where Slurm has no PMIx ("srun --mpi=list" tells); empty: found out.
launcher=${MSUNET_LAUNCHER:-}
# A container, for instance "apptainer exec --nv msunet.sif"; the program is then the one in it.
container=${MSUNET_CONTAINER:-}
# How often a job goes on by itself.
most_restarts=${MSUNET_MAX_RESTARTS:-20}
# module load gcc openmpi/4.1        # whatever the program was built with
# -------------------------------------------------------------------------------------------------

stopped=75   # msunet's exit code for "stopped early, the same command goes on"

if [ -z "$launcher" ]; then
    if [[ $(srun --mpi=list 2>&1) == *pmix* ]]; then launcher=srun; else launcher=mpirun; fi
fi

start_ranks() {
    local words=()
    read -r -a words <<<"$container"
    words+=("$program" "$@")
    if [ "$launcher" = srun ]; then
        # Slurm does not pass --cpus-per-task on to srun. A rank sees all GPUs of its node and takes
        # the one of its number there. When a rank is lost the others can't go on: end them soon,
        # but not at once, as some sites set: all ranks end with 75 when they stop, one of them first.
        exec srun --mpi=pmix --ntasks="${ranks:-$SLURM_NTASKS}" \
            --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" --gpu-bind=none --kill-on-bad-exit=0 \
            --wait=30 "${words[@]}"
    fi
    # msunet spreads its threads itself.
    exec mpirun -n "${ranks:-$SLURM_NTASKS}" --bind-to none "${words[@]}"
}

# Slurm would queue a job again that its user has cancelled. A job that is being ended is COMPLETING,
# whatever ended it.
may_go_on() {
    local state
    state=$(scontrol show job -o "$SLURM_JOB_ID")
    [[ $state == *JobState=RUNNING* || $state == *Reason=TimeLimit* ]]
}

run_job() {
    local job="" signalled=1 code=0
    # USR1 comes from Slurm ahead of the time limit (--signal), TERM from scancel and from
    # preemption. srun and mpirun both pass USR1 on to the ranks, which then save checkpoints.
    trap 'signalled=1; kill -USR1 $job 2>/dev/null || true' USR1 TERM
    "$@" &
    job=$!
    while [ "$signalled" -eq 1 ]; do
        # A trapped signal ends "wait" too; the next one tells the job's own code, even of a job
        # that has ended meanwhile.
        signalled=0 code=0
        wait "$job" || code=$?
    done
    trap - USR1 TERM
    if [ "$code" -eq "$stopped" ] && may_go_on; then
        if [ "${SLURM_RESTART_COUNT:-0}" -lt "$most_restarts" ]; then
            echo "msunet stopped early (restart ${SLURM_RESTART_COUNT:-0}); the job is queued again"
            scontrol requeue "$SLURM_JOB_ID" && exit 0
        fi
        echo "msunet stopped early and the job is not queued again; the same line goes on" >&2
    fi
    exit "$code"
}
