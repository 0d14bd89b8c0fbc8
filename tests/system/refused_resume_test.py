# SPDX-License-Identifier: Apache-2.0
"""Existing experiments that are not resumed: with changes, in use, or damaged."""

import json
import os
import time

import program
from program import FAST, TemplateTest, run, without, write_pair


class RefusedResumeTest(TemplateTest):

    @classmethod
    def fill_template(cls):
        done = run("-tpath", "data", "-mpath", "masks", *FAST, "-talos",
                   "{'epochs': [1, 2], 'batch_size': 16}", "--enable_augmentation", "False",
                   "--performance_target", "val_dice_coef,0", cwd=cls.template)
        assert done.code == 0, done.text

    def setUp(self):
        super().setUp()
        self.journal = self.here / "out" / "x" / "journal.jsonl"
        self.drop_end()

    def drop_end(self):
        """Restores the journal of the running sweep."""
        lines = [line for line in self.journal.read_text().splitlines()
                 if json.loads(line)["event"] in ("sweep_started", "trial_started")]
        self.journal.write_text("\n".join(lines) + "\n")

    def refused(self, words, *arguments, grid="{'epochs': [1, 2], 'batch_size': 16}", lines=None,
                **environment):
        before = {path: path.read_bytes() for path in (self.here / "out" / "x").rglob("*")
                  if path.is_file()}
        result = self.train("-talos", grid, "--enable_augmentation", "False", *arguments,
                            **environment)
        self.assert_code(result, 2)
        if lines:
            self.assertEqual(len(result.errors()), lines, result.text)
        for word in words:
            self.assertIn(word, result.err)
        after = {path: path.read_bytes() for path in (self.here / "out" / "x").rglob("*")
                 if path.is_file()}
        self.assertEqual(after, before)

    def test_option_changed(self):
        self.refused(["out/x", "--resume never", "weight_factor", "1.0", "2.0"], "-wf", "2",
                     lines=2)

    def test_grid_changed(self):
        self.refused(["out/x", "epochs", "1, 2", "1, 3"],
                     grid="{'epochs': [1, 3], 'batch_size': 16}")

    def test_data_changed(self):
        write_pair(self.here, "a2_dti", 99)
        self.refused(["out/x", "a2_dti_data.nii"])

    def test_start_weights_changed(self):
        made = run("init-model", "m.h5", "--seed", "7", cwd=self.here)
        self.assert_code(made, 0)
        options = without(FAST, ("-path",))
        result = run("-tpath", "data", "-mpath", "masks", *options, "-path", "m.h5", "-talos",
                     "{'epochs': [1, 2], 'batch_size': 16}", "--enable_augmentation", "False",
                     cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn("start_weights", result.err)

    def test_in_use_elsewhere(self):
        owner = {"host": "node17", "pid": 4711, "slurm_job": "1234"}
        first, *others = self.journal.read_text().splitlines()
        alive = {"event": "heartbeat", "at": time.time(), "owner": owner}
        lines = [{**json.loads(first), "owner": owner}, *map(json.loads, others), alive]
        self.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
        squeue = self.here / "squeue"
        squeue.write_text("#!/bin/sh\necho RUNNING\n")
        squeue.chmod(0o755)
        path = f"{self.here}:{os.environ['PATH']}"
        self.refused(["in use", "node17", "4711", "1234"], lines=1, PATH=path)
        # Slurm knows nothing of the job any more: it was killed.
        squeue.write_text("#!/bin/sh\necho slurm_load_jobs error: Invalid job id specified\nexit 1\n")
        result = self.train("-talos", "{'epochs': [1, 2], 'batch_size': 16}",
                            "--enable_augmentation", "False", PATH=path)
        self.assert_code(result, 0)
        self.assertIn("Slurm job 1234 runs no longer", result.out)

    def test_journal_damaged_in_the_middle(self):
        lines = self.journal.read_text().splitlines()
        self.journal.write_text("\n".join([lines[0], "{ rubbish", *lines[1:]]) + "\n")
        self.refused(["journal.jsonl", "line 2"], lines=1)

    def test_journal_of_another_version(self):
        text = self.journal.read_text().replace('"version":2', '"version":99', 1)
        self.journal.write_text(text)
        self.refused(["journal.jsonl", "version", "99"], lines=1)

    def test_journal_of_release_0_1_is_reported_but_not_resumed(self):
        text = self.journal.read_text().replace('"version":2', '"version":1', 1)
        self.journal.write_text(text)
        self.refused(["journal.jsonl", "finish it with msunet 0.1"], lines=1)
        for command in ("status", "report"):
            self.assert_code(run(command, "out/x", cwd=self.here), 0)


if __name__ == "__main__":
    program.main()
