# SPDX-License-Identifier: Apache-2.0
"""The batch scripts of slurm/ on a virtual cluster: whatever interrupts a sweep and wherever it
runs, its results are those of one process that nobody disturbs."""

import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

import cluster
import program

SCRIPTS = Path(os.environ["MSUNET_SOURCE_DIR"]) / "slurm"
SWEEP = ("-tpath", "data", "-mpath", "masks", *program.FAST[:-2],
         "-talos", "{'lr': [0.001, 0.002, 0.003], 'dropout': [0.1, 0.2], 'epochs': 3,"
                   " 'batch_size': 4}", "--checkpoint_minutes", "0")
MINE = {"MSUNET_PROGRAM": program.PROGRAM, "MSUNET_SLURM": str(SCRIPTS),
        **program.ENVIRONMENT}
# The virtual partition ends jobs after an hour.
SMALL = ("--cpus-per-task=1", "--ntasks-per-node=1", "--time=30")

slurm = None


def setUpModule():
    global slurm
    slurm = cluster.Cluster(3)
    if slurm.error:
        slurm.stop()
        cluster.skip(slurm.error)


def tearDownModule():
    slurm.stop()


def journal(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def results(folder):
    """What must not depend on where a sweep ran: the data, all histories, the best model."""
    lines = journal(folder)
    histories = {}
    for line in lines:
        if line["event"] != "trial_finished":
            continue
        result = line["result"]
        assert result["trial"] not in histories, "a permutation ended twice"
        histories[result["trial"]] = [result["point"], result["modality"],
                                      [epoch["metrics"] for epoch in result["history"]]]
    return lines[0]["data"]["hash"], histories, (folder / "best_model.hdf5").read_bytes()


class ScriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = Path(tempfile.mkdtemp(prefix="msunet_slurm_data_"))
        program.write_scans(cls.data)
        alone = program.run(*SWEEP, "-n", "x", cwd=cls.data)
        assert alone.code == 0, alone.text
        cls.expected = results(cls.data / "out" / "x")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.data, ignore_errors=True)

    def setUp(self):
        self.here = Path(tempfile.mkdtemp(prefix="msunet_slurm_job_"))
        self.addCleanup(shutil.rmtree, self.here, ignore_errors=True)
        for kind in ("data", "masks"):
            shutil.copytree(self.data / kind, self.here / kind)

    def submit(self, script, *options, words=(*SWEEP, "-n", "x")):
        return slurm.submit(*SMALL, *options, SCRIPTS / script, *words, cwd=self.here, **MINE)

    def log(self):
        return "\n".join(path.read_text(errors="replace") for path in self.here.glob("*.log"))

    def epochs(self):
        file = self.here / "out" / "x" / "journal.jsonl"
        return file.read_text().count('"event":"epoch"') if file.exists() else 0

    def events(self, name):
        return [line for line in journal(self.here / "out" / "x") if line["event"] == name]

    def wait_for_epochs(self, job, count):
        try:
            slurm.wait_for(f"epoch {count}", lambda: self.epochs() >= count)
        except AssertionError as late:
            raise AssertionError(f"{late}; {slurm.job(job)}\n{self.log()}") from None

    def assert_complete(self, job, folder="x"):
        self.assertEqual(slurm.wait_for_end(job), "COMPLETED", self.log())
        data, histories, model = results(self.here / "out" / folder)
        self.assertEqual(data, self.expected[0])
        self.assertEqual(histories, self.expected[1])
        self.assertEqual(model, self.expected[2], "the best models differ")

    def test_two_nodes_train_what_one_process_trains(self):
        self.assert_complete(self.submit("cpu_nodes.sh", "--nodes=2"))
        world = self.events("sweep_started")[0]["world"]
        self.assertEqual(world["nodes"], ["n1", "n2"], self.log())

    def test_mpirun_where_slurm_has_no_pmix(self):
        job = slurm.submit(*SMALL, "--nodes=2", SCRIPTS / "cpu_nodes.sh", *SWEEP, "-n", "x",
                           cwd=self.here, **MINE, MSUNET_LAUNCHER="mpirun")
        self.assert_complete(job)
        self.assertEqual(self.events("sweep_started")[0]["world"]["ranks"], 2)

    def test_stopped_by_signals_the_job_is_queued_again_and_goes_on(self):
        job = self.submit("cpu_nodes.sh", "--nodes=2")
        self.wait_for_epochs(job, 2)
        slurm.run("scancel", "--signal=USR1", "--batch", job)
        slurm.hurry(job, 1)
        self.wait_for_epochs(job, 6)
        # Straight to the ranks, past the script.
        slurm.run("scancel", "--signal=TERM", job)
        slurm.hurry(job, 2)
        self.assert_complete(job)
        self.assertEqual([line["reason"] for line in self.events("stopped")],
                         ["signal", "signal"])

    def test_restarts_are_capped(self):
        job = slurm.submit(*SMALL, "--nodes=1", SCRIPTS / "cpu_nodes.sh", *SWEEP, "-n", "x",
                           cwd=self.here, **MINE, MSUNET_MAX_RESTARTS="0")
        self.wait_for_epochs(job, 1)
        slurm.run("scancel", "--signal=USR1", "--batch", job)
        self.assertEqual(slurm.wait_for_end(job), "FAILED", self.log())
        self.assertEqual(slurm.job(job)["ExitCode"], "75:0")

    def test_when_a_node_is_lost_another_takes_its_place(self):
        job = self.submit("cpu_nodes.sh", "--nodes=2")
        self.wait_for_epochs(job, 3)
        slurm.tool("kill-node", "n2")
        slurm.hurry(job, 1)
        self.assert_complete(job)
        self.assertEqual(self.events("resumed")[0]["world"]["nodes"], ["n1", "n3"])

    def test_an_array_and_its_merge(self):
        array = self.submit("array.sh", "--array=1-2", "--gpus-per-node=0")
        for task in (1, 2):
            self.assertEqual(slurm.wait_for_end(f"{array}_{task}"), "COMPLETED", self.log())
        merge = self.submit("merge.sh", words=("out/x", "2"))
        self.assert_complete(merge)


def main():
    if not os.access(program.PROGRAM, os.X_OK):
        cluster.skip(f"MSUNET_PROGRAM is '{program.PROGRAM}' and no program")
    if not os.environ.get("MSUNET_TEST_SLURM"):
        cluster.skip("a virtual cluster takes eight minutes, set MSUNET_TEST_SLURM=1 to start it")
    if reason := cluster.missing():
        cluster.skip(reason)
    unittest.main()


if __name__ == "__main__":
    main()
