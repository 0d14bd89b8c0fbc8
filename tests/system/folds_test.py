# SPDX-License-Identifier: Apache-2.0
"""Cross-validation: its tables do not depend on ranks and kills, and what it refuses."""

import random
import signal
import time

import program
from program import run, without
from results import events, page, records, summary_files
from sweep import SweepTest
from sweep import results as sweep_results

FOLDS = 3
TRAININGS = 2 * FOLDS
NAMES = ("a1_anatomical", "a1_1_dti", "a1_2_dti", "a2_dti", "a2_fmri", "a3_fmri", "a4_noddi")
GRID = "{'lr': [0.001, 0.0005], 'epochs': 2, 'batch_size': 6, 'dropout': 0.3}"
OPTIONS = ("-talos", GRID, "-at", "0.6", "--checkpoint_minutes", "0", "--ranks_per_trial", "1",
           "--folds", FOLDS)


def results(folder):
    """What must not depend on ranks and kills, the trainings' own files among it."""
    files = [folder / "folds.csv", *folder.glob("folds/*"), *folder.glob("fold_models/*")]
    return {**sweep_results(folder),
            **{str(path.relative_to(folder)): path.read_bytes() for path in files}}


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
        found = results(self.folder)
        self.assertEqual(found.keys(), alone.keys())
        for name, content in alone.items():
            self.assertEqual(found[name], content, name)
        self.check_models()

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

        rows = records(self.folder / "folds.csv")
        self.assertEqual([row["fold"] for row in rows], 2 * ["1", "2", "3"])
        means = records(summary_files(self.folder)[0])
        for number, row in enumerate(means):
            dice = [float(one["val_dice_coef"]) for one in rows if one["permutation"] == str(number)]
            self.assertAlmostEqual(float(row["val_dice_coef"]), sum(dice) / FOLDS, delta=1e-12)
        self.assertEqual(len(list(self.folder.glob("folds/history_*"))), TRAININGS)
        self.assertEqual(page(self.folder)["folds"]["folds"], FOLDS)

    def check_models(self):
        best = page(self.folder)["best"]
        models = sorted(path.name for path in self.folder.glob("fold_models/*"))
        self.assertEqual(models, [f"permutation{best}_repeat1_fold{fold}.hdf5" for fold in (1, 2, 3)])
        rows = [row for row in records(self.folder / "folds.csv") if row["permutation"] == str(best)]
        first = max(rows, key=lambda row: float(row["val_dice_coef"]))["fold"]
        self.assertEqual((self.folder / "best_model.hdf5").read_bytes(),
                         (self.folder / "fold_models" / models[int(first) - 1]).read_bytes())
        result = run("predict", "data", "-m", self.folder, "--ensemble", "True", "-o", "masks_of_all",
                     cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("mean of 3 models", result.text)
        result = run("report", self.folder, "--deploy", 1 - best, cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn(f"the weights of permutation {1 - best} were not kept", result.err)
        result = run("status", self.folder, cwd=self.here)
        self.assertIn(f"permutation {best} with mean val_dice_coef", result.text)

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
