# SPDX-License-Identifier: Apache-2.0
"""A Slurm cluster of virtual nodes on this machine, for the tests of the batch scripts."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOOL = Path(os.environ.get("MSUNET_SHARED_DIR", "")) / "tools" / "virtual-slurm"
DAEMONS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "unshare")
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY"}


def missing():
    """Why there can be no cluster here; empty where there can."""
    if not TOOL.is_file():
        return f"there is no {TOOL}"
    if os.geteuid() != 0:
        return "the nodes' namespaces need root"
    absent = [name for name in DAEMONS if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if subprocess.run(["unshare", "--mount", "--uts", "true"], capture_output=True,
                      check=False).returncode != 0:
        return "namespaces can't be made here (unshare --mount --uts)"
    return ""


class Cluster:
    """Runs from construction to `stop`."""

    def __init__(self, nodes):
        self.folder = Path(tempfile.mkdtemp(prefix="msunet_slurm_"))
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}
        started = self.tool("start", nodes, 2)
        self.error = "" if "idle" in started else f"the nodes did not become idle: {started}"

    def tool(self, command, *arguments):
        # The daemons keep the pipe open: what the tool says goes to a file.
        with open(self.folder / "tool.log", "w+", encoding="utf-8") as log:
            subprocess.run(["bash", TOOL, command, self.folder, *map(str, arguments)],
                           env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                           stderr=subprocess.STDOUT, timeout=90, check=False)
            log.seek(0)
            return log.read()

    def stop(self):
        self.tool("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

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
        """What Slurm knows of a job: its fields by name."""
        return dict(re.findall(r"(\S+?)=(\S*)", self.run("scontrol", "show", "job", "-o", number)))

    def wait_for(self, what, condition, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come within {seconds} s")
            time.sleep(0.3)

    def wait_for_end(self, number, seconds=180):
        """Waits until a job is over and returns its state."""
        self.wait_for(f"the end of job {number} ({self.job(number)['Reason']})",
                      lambda: self.job(number)["JobState"] in ENDED, seconds)
        return self.job(number)["JobState"]

    def hurry(self, number, restarts):
        """Waits until a job is queued again and starts it at once, not in two minutes."""
        self.wait_for(f"restart {restarts} of job {number}",
                      lambda: self.job(number)["Restarts"] == str(restarts))

        def started():
            if self.job(number)["JobState"] != "PENDING":
                return True
            # Slurm sets the time anew when the job's last steps have gone.
            self.run("scontrol", "update", f"JobId={number}", "StartTime=now")
            time.sleep(1)
            return False

        self.wait_for(f"the start of job {number}", started)


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(77)
