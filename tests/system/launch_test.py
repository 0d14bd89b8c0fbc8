# SPDX-License-Identifier: Apache-2.0
"""What the program learns from its environment: cores, the GPUs and the end of a job."""

import os
import re
import subprocess
import time
import unittest
from pathlib import Path

import program
from program import ProgramTest, run

TRAINING = ("-tpath", "data", "-mpath", "masks", *program.FAST)

# Shell commands that replace /dev by one with the file whose name is $1.
OWN_DEV = """mkdir -p dev
mount -t tmpfs tmpfs dev
for name in null zero random urandom; do
    touch dev/$name
    mount --bind /dev/$name dev/$name
done
mkdir dev/shm
touch "dev/$1"
mount --rbind dev /dev
"""


class LaunchTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()

    def start_table(self, *arguments, code=75, **environment):
        """The settings in the start table, by name, of a start that stops at once."""
        result = self.train("-talos", "{'epochs': 2, 'batch_size': 8}", *arguments, **environment)
        self.assert_code(result, code)
        return dict(re.findall(r"^  (\S.*?)  +(\S.*)$", result.out, re.MULTILINE)), result

    def test_a_job_with_gpus_that_the_program_cannot_see(self):
        if Path("/dev/nvidiactl").exists():
            self.skipTest("there is a GPU here")
        table, result = self.start_table("--stop_before", "0.001 s", SLURM_GPUS_ON_NODE="4")
        self.assertEqual(table["device"], "CPU")
        self.assertIn("warning: the job has GPUs but no driver is here", result.err)
        self.assertIn("; the CPU is used", result.err)
        table, result = self.start_table("--stop_before", "0.001 s", "--device", "cpu",
                                         SLURM_GPUS_ON_NODE="4")
        self.assertEqual(table["device"], "CPU")
        self.assertNotIn("driver", result.text)

    def test_a_gpu_that_is_asked_for(self):
        if Path("/dev/nvidiactl").exists() or Path("/usr/lib/wsl/lib/libcuda.so.1").exists():
            self.skipTest("there is a GPU here")
        for ranks, command in ((None, ("bench",)), (2, ("train", *TRAINING, "--dry_run"))):
            result = run(*command, "--device", "gpu", cwd=self.here, ranks=ranks)
            self.assert_code(result, 2)
            self.assertEqual(len(result.errors()), 1, result.text)
            self.assertIn("--device 'gpu': no driver is here (neither /dev/nvidiactl nor, under "
                          "WSL2, /usr/lib/wsl/lib/libcuda.so.1 exists)", result.err)
            self.assertIn("or give --device cpu", result.err)

    def test_a_driver_without_a_usable_gpu(self):
        """In a /dev of its own, with the driver's device file and no driver behind it."""
        if Path("/dev/nvidiactl").exists():
            self.skipTest("there is a GPU here")
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True,
                          check=False).returncode != 0:
            self.skipTest("no mount namespaces here")
        bench = f"'{program.PROGRAM}' bench --steps 1 --batch_size 2 --patch_size 32 --device"
        # WSL2 has /dev/dxg for GPUs of any make: without NVIDIA's libcuda.so.1 it is no driver.
        for file, device, code in (("nvidiactl", "auto", 0), ("nvidiactl", "gpu", 2),
                                   ("nvidiactl", "cpu", 0), ("dxg", "auto", 0)):
            done = subprocess.run(["unshare", "--mount", "sh", "-euc", f"{OWN_DEV}{bench} {device}",
                                   "sh", file], cwd=self.here, env=program.environment(),
                                  capture_output=True, text=True, check=False, timeout=240)
            self.assertEqual(done.returncode, code, done.stderr)
            tries = file == "nvidiactl" and device != "cpu"
            self.assertEqual("CUDA says: " in done.stderr, tries, done.stderr)
            self.assertEqual("warning" in done.stderr, tries and device == "auto", done.stderr)
            if tries:
                self.assertRegex(done.stderr, r"libcuda\.so\.1 is not found, and this program's CUDA "
                                              r"\d+\.\d needs driver \d+ or newer; (the CPU "
                                              r"is used|or give --device cpu)\n$")

    def test_a_rank_uses_all_cores_though_mpirun_binds_it_to_one(self):
        """With --bind-to core, as with most numbers of ranks by default."""
        options = program.without(program.FAST, ("--threads",))
        words = program.command("-tpath", "data", "-mpath", "masks", *options, "-talos",
                                "{'epochs': 2, 'batch_size': 8}", "--stop_before", "0.001 s")
        for launcher in ([], [program.MPIEXEC, "-n", "1", "--bind-to", "core"]):
            done = subprocess.run([*launcher, *words], cwd=self.here, check=False, text=True,
                                  capture_output=True, timeout=240, env=program.environment())
            self.assertRegex(done.stdout, fr"threads a rank +{len(os.sched_getaffinity(0))}\n",
                             done.stderr)

    def test_it_stops_before_the_end_of_the_job(self):
        end = int(time.time()) + 60
        table, result = self.start_table(SLURM_JOB_ID="7", SLURM_JOB_END_TIME=str(end))
        self.assertIn("the job's end is near", result.out)
        self.assertIn("resumable", table["stops by itself"])

    def squeue(self, text):
        """A folder for PATH with a squeue that runs the shell command `text`."""
        folder = self.here / "bin"
        folder.mkdir()
        (folder / "squeue").write_text(f"#!/bin/sh\n{text}\n")
        (folder / "squeue").chmod(0o755)
        return f"{folder}:{os.environ['PATH']}"

    def test_squeue_knows_the_end_of_the_job(self):
        asked = self.here / "asked"
        soon = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + 60))
        path = self.squeue(f"echo \"$*\" >>'{asked}'\necho {soon}")
        result = self.train("-talos", "{'epochs': 2, 'batch_size': 8}", ranks=2, SLURM_JOB_ID="7",
                            PATH=path)
        self.assert_code(result, 75)
        self.assertEqual(asked.read_text(), "-h -j 7 -o %e\n",
                         "asked by each rank, or wrongly")

    def test_the_end_of_the_job_is_unknown(self):
        path = self.squeue("echo broken; exit 1")
        table, _ = self.start_table(code=0, SLURM_JOB_ID="7", PATH=path)
        self.assertEqual(table["stops by itself"], "the job's end is unknown, give --stop_before")


if __name__ == "__main__":
    program.main()
