# SPDX-License-Identifier: Apache-2.0
"""Processor time of a start, which depends little on other work on the machine. The goals are wall
times on a quiet machine, 0.1 s and 3 s: benchmarks/startup.py measures those."""

import os
import subprocess

from program import MPIEXEC, ProgramTest, main, run


def processor_seconds(start):
    """Processor seconds of the processes that `start` runs."""
    before = os.times()
    start()
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


class StartUp(ProgramTest):
    def test_help_is_fast(self):
        def show():
            self.assert_code(run("train", "--help", cwd=self.here), 0)
        self.assertLess(min(processor_seconds(show) for _ in range(5)), 0.1)

    def test_a_small_job_costs_little_besides_training(self):
        self.scans()
        names = iter("xyz")

        def job():
            result = self.train("--enable_augmentation", "False", "-n", next(names), "-fs", "1",
                                "-talos", "{'epochs': 1, 'batch_size': 16}")
            self.assert_code(result, 0)
        # Twice the goal: the first training step compiles its convolutions.
        self.assertLess(min(processor_seconds(job) for _ in range(2)), 6)

    def test_processes_alone_share_no_folder(self):
        """One that ends removed it while another began."""
        launcher = subprocess.run([MPIEXEC, "--version"], capture_output=True, text=True,
                                  check=True).stdout
        if ") 4." not in launcher:  # "mpiexec (OpenRTE) 4.1.4", "mpirun (Open MPI) 4.1.4"
            self.skipTest("only Open MPI 4 has a parameter for it")
        self.scans()
        host = os.uname().nodename.split(".")[0]
        shared = self.here / "tmp" / f"ompi.{host}.{os.getuid()}"
        shared.mkdir(parents=True)
        (shared / "jf.0").touch()  # where Open MPI 4 would make its folder
        result = self.train("--enable_augmentation", "False", "-n", "alone", "-fs", "1",
                            "-talos", "{'epochs': 1, 'batch_size': 16}",
                            TMPDIR=str(shared.parent))
        self.assert_code(result, 0)
        self.assertNotIn("mca_", result.err)  # a component of Open MPI that wants the folder


if __name__ == "__main__":
    main()
