# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions that the batch scripts share; they source this file.
#   run_job COMMAND...    runs the command, passes signals on, requeues the job if it must resume
#   start_ranks WORD...   runs msunet WORD... on all ranks of the job, or on $ranks of them

# --- Edit here, or set the variables before sbatch -----------------------------------------------
# The program; empty: the one built in the folder of the job, else the installed one in PATH.
program=${MSUNET_PROGRAM:-}
# srun, or mpirun where Slurm has no PMIx ("srun --mpi=list" shows it); empty: chosen automatically.
launcher=${MSUNET_LAUNCHER:-}
# A container, for instance "apptainer exec --nv msunet.sif"; the program's path is then inside it.
container=${MSUNET_CONTAINER:-}
# How often a job is requeued.
most_restarts=${MSUNET_MAX_RESTARTS:-20}
# module load gcc openmpi/4.1        # whatever the program was built with
# -------------------------------------------------------------------------------------------------

stopped=75   # msunet's exit code for "stopped early, the same command resumes"

if [ -z "$program" ]; then
    program=$SLURM_SUBMIT_DIR/build/msunet
    [ -n "$container" ] || [ -x "$program" ] || program=$(command -v msunet) || {
        echo "there is no $SLURM_SUBMIT_DIR/build/msunet and no msunet in PATH; set MSUNET_PROGRAM" >&2
        exit 2
    }
fi

if [ -z "$launcher" ]; then
    if [[ $(srun --mpi=list 2>&1) == *pmix* ]]; then launcher=srun; else launcher=mpirun; fi
fi

start_ranks() {
    local words=()
    read -r -a words <<<"$container"
    words+=("$program" "$@")
    if [ "$launcher" = srun ]; then
        # srun does not inherit --cpus-per-task. Each rank sees all GPUs of its node; the
        # ranks divide them. If a rank is lost, the others must end soon, but not at
        # once (as some sites configure): when msunet stops early all ranks end with 75, but not
        # simultaneously.
        exec srun --mpi=pmix --ntasks="${ranks:-$SLURM_NTASKS}" \
            --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" --gpu-bind=none --kill-on-bad-exit=0 \
            --wait=30 "${words[@]}"
    fi
    # msunet binds its threads itself.
    exec mpirun -n "${ranks:-$SLURM_NTASKS}" --bind-to none "${words[@]}"
}

# Slurm would requeue even a job that its user has cancelled. A job that is ending is COMPLETING,
# whatever the cause.
may_resume() {
    local state
    state=$(scontrol show job -o "$SLURM_JOB_ID")
    [[ $state == *JobState=RUNNING* || $state == *Reason=TimeLimit* ]]
}

run_job() {
    local job="" signalled=1 code=0
    # Slurm sends USR1 before the time limit (--signal) and TERM for scancel and preemption. srun
    # and mpirun both pass USR1 on to the ranks, which then save checkpoints.
    trap 'signalled=1; kill -USR1 $job 2>/dev/null || true' USR1 TERM
    "$@" &
    job=$!
    while [ "$signalled" -eq 1 ]; do
        # A trapped signal also ends "wait". The next "wait" returns the exit code of the job, even
        # if the job has ended in between.
        signalled=0 code=0
        wait "$job" || code=$?
    done
    trap - USR1 TERM
    if [ "$code" -eq "$stopped" ] && may_resume; then
        if [ "${SLURM_RESTART_COUNT:-0}" -lt "$most_restarts" ]; then
            echo "msunet stopped early (restart ${SLURM_RESTART_COUNT:-0}); the job is requeued"
            scontrol requeue "$SLURM_JOB_ID" && exit 0
        fi
        echo "msunet stopped early and the job is not requeued; submit the same line to resume" >&2
    fi
    exit "$code"
}
