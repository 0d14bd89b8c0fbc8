# SPDX-License-Identifier: Apache-2.0
"""The batch scripts of slurm/ on a virtual cluster: wherever a sweep runs and whatever interrupts
it, its results are those of one undisturbed process."""

import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import cluster
import program
from sweep import epochs_of

SCRIPTS = Path(os.environ["MSUNET_SOURCE_DIR"]) / "slurm"


def sweep_of(epochs):
    grid = f"{{'lr': [0.001, 0.002], 'dropout': [0.1, 0.2], 'epochs': {epochs}, 'batch_size': 8}}"
    return ("-tpath", "data", "-mpath", "masks", *program.FAST[:-2], "-talos", grid,
            "--checkpoint_minutes", "0")


SWEEP = sweep_of(3)
JOB_ENVIRONMENT = {"MSUNET_PROGRAM": program.PROGRAM, "MSUNET_SLURM": str(SCRIPTS),
                   **program.ENVIRONMENT}
# The virtual partition limits jobs to an hour.
SMALL = ("--cpus-per-task=1", "--ntasks-per-node=1", "--time=30")
# Delays the first start until a second before msunet stops early, which is 120 s before the end of
# the job's three minutes.
LATE = """#!/bin/sh
[ -n "$SLURM_RESTART_COUNT" ] || sleep 59
exec {program} "$@"
"""

slurm = None
long_sweep = None  # a sweep that is long enough to be interrupted


def setUpModule():
    global slurm, long_sweep
    slurm = cluster.Cluster(3, cpus=4)
    long_sweep = sweep_of(epochs_of(2))


def results(folder):
    """The results that must not depend on where a sweep ran: data, all tables, best model."""
    tables = [path.read_bytes() for path in folder.glob("*.csv")
              if re.fullmatch(r"\d{12}\.csv", path.name)]
    for kind in ("talos_scan_history_*", "modality_results_*"):
        tables += sorted(path.read_bytes() for path in folder.glob(kind))
    start = json.loads((folder / "journal.jsonl").read_text().split("\n", 1)[0])
    return start["data"]["hash"], tables, (folder / "best_model.hdf5").read_bytes()


class Folder:
    """The folder from which jobs are submitted, with scans, logs and results."""

    def __init__(self, scans):
        self.path = Path(tempfile.mkdtemp(prefix="msunet_slurm_", dir=cluster.FOLDER))
        for kind in ("data", "masks"):
            shutil.copytree(scans / kind, self.path / kind)

    def submit(self, script, *options, sweep=SWEEP, words=None, **extra):
        """Submits a sweep named x, or other arguments. Returns the number of the job."""
        words = (*sweep, "-n", "x") if words is None else words
        return slurm.submit(*SMALL, *options, SCRIPTS / script, *words, cwd=self.path,
                            **{**JOB_ENVIRONMENT, **extra})

    def log(self):
        return "\n".join(path.read_text(errors="replace")
                         for path in sorted(self.path.rglob("*.log")))

    def journal(self):
        file = self.path / "out" / "x" / "journal.jsonl"
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_text().split("\n")[:-1]]

    def events(self, kind):
        return [line for line in self.journal() if line["event"] == kind]

    def wait_for_epochs(self, job, count):
        try:
            slurm.wait_for(f"epoch {count}", lambda: len(self.events("epoch")) >= count)
        except AssertionError as late:
            raise AssertionError(f"{late}; {slurm.job(job)}\n{self.log()}") from None


class ScriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scans = Path(tempfile.mkdtemp(prefix="msunet_slurm_scans_", dir=cluster.FOLDER))
        program.write_scans(cls.scans)
        # This job reaches its time limit while the other tests run.
        cls.limited = Folder(cls.scans)
        late = cls.limited.path / "late.sh"
        late.write_text(LATE.format(program=program.PROGRAM))
        late.chmod(0o755)
        cls.limited_job = cls.limited.submit("cpu_nodes.sh", "--nodes=2", "--time=3",
                                             "--signal=B:USR1@1", sweep=long_sweep,
                                             MSUNET_PROGRAM=str(late))
        cls.expected = {sweep: cls.undisturbed(sweep) for sweep in (SWEEP, long_sweep)}

    @classmethod
    def undisturbed(cls, sweep):
        folder = Folder(cls.scans).path
        alone = program.run(*sweep, "-n", "x", cwd=folder)
        assert alone.code == 0, alone.text
        return results(folder / "out" / "x")

    def setUp(self):
        self.here = Folder(self.scans)

    def assert_complete(self, folder, job, sweep=SWEEP):
        self.assertEqual(slurm.wait_for_end(job), "COMPLETED", folder.log())
        found, expected = results(folder.path / "out" / "x"), self.expected[sweep]
        for what, one, other in zip(("data", "tables", "best models"), found, expected):
            self.assertEqual(one, other, f"the {what} differ")
        ended = [line["result"]["trial"] for line in folder.events("trial_finished")]
        self.assertEqual(sorted(ended), list(range(4)), "lost, or run twice")

    def test_nodes_with_gpus(self):
        job = self.here.submit("gpu_nodes.sh", "--nodes=3", "--gpus-per-node=1")
        self.assert_complete(self.here, job)
        world = self.here.events("sweep_started")[0]["world"]
        self.assertEqual((world["nodes"], world["ranks"]), (["n1", "n2", "n3"], 3))
        self.assertIn("the job has GPUs but no driver is here", self.here.log())
        self.assertRegex(self.here.log(), r"launcher +srun")

    def test_one_node_by_mpirun(self):
        job = self.here.submit("one_node.sh", "--gpus-per-node=0", "--ntasks-per-node=2",
                               MSUNET_LAUNCHER="mpirun")
        self.assert_complete(self.here, job)
        self.assertRegex(self.here.log(), r"launcher +mpirun")

    def test_two_nodes_by_mpirun(self):
        job = self.here.submit("cpu_nodes.sh", "--nodes=2", sweep=long_sweep,
                               MSUNET_LAUNCHER="mpirun")
        self.here.wait_for_epochs(job, 2)
        slurm.run("scancel", "--signal=USR1", "--batch", job)
        slurm.wait_for_restart(job, 1)
        self.assert_complete(self.here, job, long_sweep)
        self.assertEqual(self.here.events("sweep_started")[0]["world"]["ranks"], 2)

    def test_a_job_stopped_by_signals_is_requeued_and_resumes(self):
        job = self.here.submit("cpu_nodes.sh", "--nodes=2", sweep=long_sweep)
        self.here.wait_for_epochs(job, 2)
        slurm.run("scancel", "--signal=USR1", "--batch", job)
        slurm.wait_for_restart(job, 1)
        self.here.wait_for_epochs(job, len(self.here.events("epoch")) + 2)
        # Directly to the ranks, not to the script.
        slurm.run("scancel", "--signal=TERM", job)
        slurm.wait_for_restart(job, 2)
        self.assert_complete(self.here, job, long_sweep)
        self.assertEqual([line["reason"] for line in self.here.events("stopped")],
                         ["signal", "signal"])

    def test_restarts_are_capped(self):
        job = self.here.submit("cpu_nodes.sh", "--nodes=1", sweep=long_sweep,
                               MSUNET_MAX_RESTARTS="0")
        self.here.wait_for_epochs(job, 1)
        slurm.run("scancel", "--signal=USR2", job)
        self.assertEqual(slurm.wait_for_end(job), "FAILED", self.here.log())
        self.assertEqual(slurm.job(job)["ExitCode"], "75:0")
        self.assertIn("is not requeued", self.here.log())

    def test_a_cancelled_job_is_not_requeued_and_resumes_on_other_nodes(self):
        job = self.here.submit("cpu_nodes.sh", "--nodes=2", sweep=long_sweep)
        self.here.wait_for_epochs(job, 2)
        slurm.run("scancel", job)
        slurm.wait_for(f"the last steps of job {job}",
                       lambda: slurm.run("squeue", "-h", "-j", job).strip() == "")
        self.assertEqual(slurm.job(job)["JobState"], "CANCELLED", self.here.log())
        again = self.here.submit("cpu_nodes.sh", "--nodes=3", sweep=long_sweep)
        self.assert_complete(self.here, again, long_sweep)
        self.assertEqual(self.here.events("resumed")[0]["world"]["nodes"], ["n1", "n2", "n3"])
        # Written by two nodes together, read by three.
        self.assertIn("read from the cache", self.here.log())

    def test_a_job_near_its_time_limit_is_requeued(self):
        self.assert_complete(self.limited, self.limited_job, long_sweep)
        self.assertEqual([line["reason"] for line in self.limited.events("stopped")],
                         ["stop_before"])
        self.assertEqual(slurm.job(self.limited_job)["Restarts"], "1")

    def test_a_lost_node_is_replaced(self):
        # This job must end before one of its nodes is killed.
        self.assert_complete(self.limited, self.limited_job, long_sweep)
        job = self.here.submit("cpu_nodes.sh", "--nodes=2", sweep=long_sweep)
        self.here.wait_for_epochs(job, 3)
        slurm.kill_node("n2")
        slurm.wait_for_restart(job, 1)
        self.assert_complete(self.here, job, long_sweep)
        self.assertEqual(self.here.events("resumed")[0]["world"]["nodes"], ["n1", "n3"])
        slurm.start_node("n2")
        slurm.wait_for("restart of n2", lambda: slurm.idle() == 3)

    def test_an_array_and_its_merge(self):
        array = self.here.submit("array.sh", "--array=1-2", "--gpus-per-node=0")
        merge = self.here.submit("merge.sh", f"--dependency=afterany:{array}", words=("out/x", "2"))
        self.assert_complete(self.here, merge)

    def test_scaling(self):
        words = ("--steps", "1", "--repeats", "1", "--batch_size", "4", "--patch_size", "32", "-ts",
                 "32", "--io_megabytes", "1", "-tpath", "data", "-mpath", "masks")
        job = self.here.submit("scaling.sh", "--nodes=3", "--gpus-per-node=0", words=words)
        self.assertEqual(slurm.wait_for_end(job), "COMPLETED", self.here.log())
        folder = self.here.path / f"msunet-scaling-{job}"
        self.assertEqual({file.name for file in folder.iterdir()},
                         {"bench.csv", "bench.html", "bench.json"})
        found = json.loads((folder / "bench.json").read_text())
        counts = {(row["ranks"], row["nodes"]) for row in found["measurements"]}
        self.assertEqual(counts, {(1, 1), (2, 2), (3, 3)})
        self.assertEqual(len(found["machine"]["nodes"]), 3)
        self.assertEqual(found["machine"]["slurm_job"], job)

    def test_one_trial_per_node(self):
        options = (*SWEEP, "-n", "x", "--ranks_per_trial", "node")
        pair = Folder(self.scans)
        alone = program.run(*options, cwd=pair.path, ranks=2)
        self.assertEqual(alone.code, 0, alone.text)
        job = self.here.submit("cpu_nodes.sh", "--nodes=3", "--ntasks-per-node=2", words=options)
        self.assertEqual(slurm.wait_for_end(job), "COMPLETED", self.here.log())
        self.assertEqual(results(self.here.path / "out" / "x"),
                         results(pair.path / "out" / "x"))
        self.assertEqual(self.here.events("sweep_started")[0]["world"]["group_size"], 2)

    def test_groups_that_a_later_start_cannot_keep(self):
        options = (*long_sweep, "-n", "x", "--ranks_per_trial")
        job = self.here.submit("cpu_nodes.sh", "--nodes=2", "--ntasks-per-node=2",
                               words=(*options, "node"), MSUNET_MAX_RESTARTS="0")
        self.here.wait_for_epochs(job, 2)
        slurm.run("scancel", "--signal=USR1", "--batch", job)
        self.assertEqual(slurm.wait_for_end(job), "FAILED", self.here.log())
        again = self.here.submit("cpu_nodes.sh", "--nodes=2", words=(*options, "auto"))
        self.assertEqual(slurm.wait_for_end(again), "COMPLETED", self.here.log())
        self.assertIn("within rounding only", " ".join(self.here.log().split()))

    def test_a_dedicated_dispatcher(self):
        job = self.here.submit("cpu_nodes.sh", "--nodes=3",
                               words=(*SWEEP, "-n", "x", "--dedicated_dispatcher", "True"))
        self.assert_complete(self.here, job)
        ranks = {line["rank"] for line in self.here.events("trial_started")}
        self.assertEqual(ranks, {1, 2})

    def test_threads_are_the_cores_of_the_step(self):
        at = SWEEP.index("--threads")
        options = (*SWEEP[:at], *SWEEP[at + 2:])
        with self.assertRaises(AssertionError) as stopped:
            slurm.run("srun", "--mpi=pmix", "--ntasks=1", "--cpus-per-task=1", program.PROGRAM,
                      *options, "-n", "x", "--stop_before", "0.001 s", cwd=self.here.path,
                      **JOB_ENVIRONMENT)
        self.assertIn("exit code 75", str(stopped.exception))
        self.assertRegex(str(stopped.exception), r"threads a rank +1\b")

    def test_tasks_without_pmix_are_refused(self):
        with self.assertRaises(AssertionError) as refused:
            slurm.run("srun", "--mpi=none", "--ntasks=2", program.PROGRAM, *SWEEP, "-n", "x",
                      cwd=self.here.path, **JOB_ENVIRONMENT)
        said = str(refused.exception)
        self.assertEqual(said.count("srun started msunet without PMIx"), 1, said)
        self.assertIn("exit code 2", said)
        self.assertFalse((self.here.path / "out").exists())


def main():
    if not os.access(program.PROGRAM, os.X_OK):
        cluster.skip(f"MSUNET_PROGRAM is '{program.PROGRAM}', which is not a program")
    if reason := cluster.missing(program.PROGRAM):
        cluster.skip(reason)
    cluster.enter()
    unittest.main(verbosity=2)


if __name__ == "__main__":
    main()
