# SPDX-License-Identifier: Apache-2.0
"""A real Slurm cluster of virtual nodes on this machine, for the tests of the batch scripts.

The test runs in its own namespaces of processes, mounts, host name and network (`enter`). When it
ends, however it ends, they end too, with every daemon, mount and job in them. Each node is a slurmd
with its own host name and its own /dev/shm, so that MPI sees several nodes."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "unshare", "ip", "mount")
NAMESPACES = ("unshare", "--mount", "--uts", "--net", "--pid", "--fork", "--kill-child",
              "--mount-proc")
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY"}
CABLE = "link add cable type veth peer name plug"
# A folder that exists on every Linux; the mount there is visible to this test only.
FOLDER = Path("/mnt")

# A requeued job waits until its old credential has expired: by default two minutes, at least 5 s.
SETTINGS = """\
ClusterName=virtual
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
SlurmctldPort=6817
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
MpiDefault=none
ReturnToService=2
KillWait=5
MinJobAge=3600
SlurmdTimeout=10
GresTypes=gpu
"""
# Slurm only checks that the files exist.
DEVICES = "AutoDetect=off\nName=gpu File=/dev/zero,/dev/full\n"


def missing(program):
    """The reason why no cluster can run `program` here, or an empty text."""
    if Path(program).resolve().is_relative_to(FOLDER):
        return f"the cluster's files would hide the program in {FOLDER}"
    if os.geteuid() != 0:
        return "the nodes' namespaces need root"
    if absent := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"not installed: {', '.join(absent)} (scripts/setup.sh --dev installs them)"
    tried = subprocess.run([*NAMESPACES, "ip", *CABLE.split()], capture_output=True, text=True,
                           check=False)
    if tried.returncode != 0:
        return f"namespaces and networks can't be made here ({tried.stderr.strip()})"
    return ""


def enter():
    """Restarts this test in its own namespaces, unless it runs in them already."""
    if os.environ.get("MSUNET_IN_NAMESPACES"):
        return
    os.environ["MSUNET_IN_NAMESPACES"] = "1"
    os.execvp(NAMESPACES[0], [*NAMESPACES, sys.executable, "-B", *sys.argv])


class Cluster:
    """Runs from construction to the end of the process. Nodes are n1, n2, …, each with `cpus`
    processors and two GPUs without devices."""

    def __init__(self, nodes, cpus):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", FOLDER], check=True)
        # Slurm and Open MPI need a network other than the loopback device.
        for words in ("link set lo up", CABLE, "address add 10.99.0.1/24 dev cable",
                      "link set cable up", "link set plug up"):
            subprocess.run(["ip", *words.split()], check=True)
        self.environment = {**os.environ, "SLURM_CONF": str(FOLDER / "slurm.conf")}
        names = [f"n{i}" for i in range(1, nodes + 1)]
        lines = [f"NodeName={name} NodeHostname={name} NodeAddr=127.0.0.1 Port={7000 + i} "
                 f"CPUs={cpus} RealMemory=4000 Gres=gpu:2" for i, name in enumerate(names)]
        self.settings = "\n".join([
            SETTINGS.format(host=os.uname().nodename, folder=FOLDER), *lines,
            f"PartitionName=main Nodes=n[1-{nodes}] Default=YES MaxTime=60 State=UP\n"])
        (FOLDER / "slurm.conf").write_text(self.settings)
        (FOLDER / "state").mkdir()
        self.start_munge()
        self.daemon("slurmctld", "-c", "-f", FOLDER / "slurm.conf")
        for name in names:
            self.start_node(name)
        try:
            self.wait_for("idle nodes", lambda: self.idle() == nodes, 60)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.tail('slurmctld.log')}") from None

    def start_munge(self):
        key = FOLDER / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.daemon("munged", "--force", f"--socket={FOLDER}/munge.sock", f"--key-file={key}",
                    f"--pid-file={FOLDER}/munge.pid", f"--log-file={FOLDER}/munge.log",
                    f"--seed-file={FOLDER}/munge.seed")

    def daemon(self, *words):
        # Daemons inherit open files.
        subprocess.run(list(map(str, words)), env=self.environment, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=True)

    def start_node(self, name):
        """Starts a node, or restarts one that was killed."""
        folder = FOLDER / f"conf.{name}"
        # Files that a killed node left would stop its next step.
        for kind in ("conf", "pmix", "spool"):
            shutil.rmtree(FOLDER / f"{kind}.{name}", ignore_errors=True)
            (FOLDER / f"{kind}.{name}").mkdir()
        (folder / "slurm.conf").write_text(self.settings)
        (folder / "gres.conf").write_text(DEVICES)
        # By default the nodes would share PMIx's folder, since they are on one machine.
        (folder / "mpi.conf").write_text(f"PMIxCliTmpDirBase={FOLDER}/pmix.{name}\n")
        self.daemon("unshare", "--mount", "--uts", "sh", "-c",
                    f"hostname {name} && mount -t tmpfs -o size=2g tmpfs /dev/shm && "
                    f"exec slurmd -N {name} -f {folder}/slurm.conf")

    def kill_node(self, name):
        """Kills every process with the host name of the node."""
        pid = (FOLDER / f"slurmd.{name}.pid").read_text().strip()
        namespace = os.readlink(f"/proc/{pid}/ns/uts")
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(entry / "ns/uts") == namespace:
                    os.kill(int(entry.name), 9)
            except OSError:
                continue

    def idle(self):
        return int(self.run("sinfo", "-h", "-t", "idle", "-o", "%D").strip() or 0)

    def tail(self, log):
        return (FOLDER / log).read_text(errors="replace")[-2000:]

    def run(self, *words, cwd=None, **extra):
        done = subprocess.run(list(map(str, words)), cwd=cwd, env={**self.environment, **extra},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def submit(self, *words, cwd, **extra):
        """The job's number."""
        return self.run("sbatch", "--parsable", *words, cwd=cwd, **extra).strip()

    def job(self, number):
        """The fields of a job by name, as Slurm shows them."""
        return dict(re.findall(r"(\S+?)=(\S*)", self.run("scontrol", "show", "job", "-o", number)))

    def wait_for(self, what, condition, seconds=150):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {seconds} s")
            time.sleep(0.2)

    def wait_for_end(self, number, seconds=240):
        """Waits until a job has ended and returns its state."""
        self.wait_for(f"the end of job {number} ({self.job(number)['Reason']})",
                      lambda: self.job(number)["JobState"] in ENDED, seconds)
        return self.job(number)["JobState"]

    def wait_for_restart(self, number, restarts):
        """Waits until a requeued job runs after that many restarts."""
        def again():
            job = self.job(number)
            return job["Restarts"] == str(restarts) and job["JobState"] != "PENDING"
        self.wait_for(f"restart {restarts} of job {number}", again)


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(77)
