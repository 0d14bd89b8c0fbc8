# SPDX-License-Identifier: Apache-2.0
"""What the program learns from its environment: cores, the GPUs and the end of a job."""

import os
import re
import time
import unittest
from pathlib import Path

import program
from program import ProgramTest


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
        table, _ = self.start_table("--stop_before", "0.001 s", SLURM_GPUS_ON_NODE="4")
        self.assertEqual(table["device"], "CPU")
        self.assertIn("the job has GPUs but no driver is here", table["note"])

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
