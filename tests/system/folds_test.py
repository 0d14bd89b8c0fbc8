# SPDX-License-Identifier: Apache-2.0
"""Cross-validation: its tables do not depend on ranks and kills, and what it refuses."""

import random
import signal
import time

import program
from program import run, without
from results import events, records, summary_files
from sweep import SweepTest, results

FOLDS = 3
TRAININGS = 2 * FOLDS
NAMES = ("a1_anatomical", "a1_1_dti", "a1_2_dti", "a2_dti", "a2_fmri", "a3_fmri", "a4_noddi")
GRID = "{'lr': [0.001, 0.0005], 'epochs': 2, 'batch_size': 6, 'dropout': 0.3}"
OPTIONS = ("-talos", GRID, "-at", "0.6", "--checkpoint_minutes", "0", "--ranks_per_trial", "1",
           "--folds", FOLDS)


class FoldsTest(SweepTest):
    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        program.ProgramTest.setUp(self)
        self.scans(names=NAMES)
        self.folder = self.here / "out" / "x"

    def refused(self, *words, options=(), code=2):
        result = self.train(*OPTIONS, *options)
        self.assert_code(result, code)
        for word in words:
            self.assertIn(word, result.err)

    def test_ranks_and_kills_change_no_table(self):
        self.assert_code(self.train(*OPTIONS), 0)
        alone = results(self.folder)
        self.check_trainings()
        self.folder.rename(self.here / "out" / "alone")
        process = self.start_training(*OPTIONS, ranks=3)
        if self.wait_for_lines(process, 4):
            time.sleep(random.Random(18).uniform(0, 0.1))
            self.end(process)
        else:
            self.assertEqual(process.wait(), 0, self.log())
        self.assert_code(self.train(*OPTIONS, ranks=3), 0)
        self.check_trainings()
        self.assertEqual(results(self.folder), alone)

    def check_trainings(self):
        finished = [event["result"]["trial"] for event in events(self.folder)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(TRAININGS)))
        rows = records(summary_files(self.folder)[0])
        self.assertEqual([row["round_epochs"] for row in rows], ["2", "2"])
        start = events(self.folder)[0]
        self.assertEqual((start["folds"], start["repeats"]), (FOLDS, 1))
        folds = {}
        for pair in start["data"]["pairs"]:
            folds.setdefault(pair["subject"], set()).add(tuple(pair["folds"]))
        self.assertTrue(all(len(found) == 1 for found in folds.values()), folds)
        self.assertEqual(set.union(*folds.values()), {(0,), (1,), (2,)})

    def test_messages(self):
        self.refused("--folds 5 needs as many subjects and there are only 4", "'a1', 'a2'",
                     options=("--folds", 5))
        self.refused("pca_only can't be combined",
                     options=("-talos", "{'pca_only': [False, True]}"))
        self.refused("--folds 3 and -v/--validation_split", "--folds 3 and --shard",
                     options=("-v", 0.2, "--shard", "1/2"))
        result = self.train(*OPTIONS, "--repeats", 2, "--dry_run")
        self.assert_code(result, 0)
        self.assertIn("3 folds in 2 repeats, 12 trials", result.text)
        self.assertRegex(result.text, r"fold \d of 3, repeat 2 of 2 validates on \d scans? .*a1")
        self.assertRegex(result.text, r"a1_2_dti_data.nii +a1_2_dti_mask.nii +a1 +dti +fold \d")
        self.assertFalse(self.folder.exists())
        self.assert_code(self.train(*OPTIONS, "-talos", "{'epochs': 1, 'batch_size': 8}"), 0)
        self.refused("folds: recorded '3', now '2'",
                     options=("-talos", "{'epochs': 1, 'batch_size': 8}", "--folds", 2))
        result = run("predict", "--validation", "out/x", cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn("is a cross-validation", result.err)


if __name__ == "__main__":
    program.main()
