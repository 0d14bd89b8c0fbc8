# SPDX-License-Identifier: Apache-2.0
"""The figures of the benchmark of accuracy by hand-made numbers, its check for leakage, and that
benchmarks/README.md has the tables of scans.csv."""

import csv
import tempfile
import types
import unittest
from pathlib import Path

import folds
import summary

HERE = Path(__file__).resolve().parent


def score(scan, **dice):
    made = summary.Score(scan, "fmri")
    made.each = dice
    return made


class SummaryTest(unittest.TestCase):
    def test_difference_of_folds(self):
        reference = [score("a", f1=0.90), score("b", f1=0.92), score("c", f2=0.80), score("d", f3=0.70)]
        ours = [score("a", f1=0.92), score("b", f1=0.94), score("c", f2=0.84), score("d", f3=0.76)]
        # Gaps 0.02, 0.04, 0.06; standard deviation 0.02; t of 2 degrees of freedom 4.303.
        half = 4.303 * 0.02 * (1 / 3 + 1 / 2) ** 0.5
        self.assertEqual(summary.difference_of_folds(ours, reference),
                         f"+0.0400 ({0.04 - half:+.4f} to {0.04 + half:+.4f})")

    def test_a_scan_of_several_models_has_their_mean(self):
        rows = [["test", "light", "one", fold, "a.nii", "fmri", dice, "", "", ""]
                for fold, dice in (("1", "0.9"), ("2", "0.8"))]
        (one,) = summary.scores(rows)["test", "light", "one"]
        self.assertAlmostEqual(one.dice, 0.85)

    def test_an_ensemble_is_compared_with_the_same_flip(self):
        chosen = {("test", "light", name): [score("a", f1=dice)] for name, dice in
                  (("one", 0.5), ("one, flip", 0.6), ("ensemble, flip", 0.7))}
        self.assertEqual(summary.against_one(chosen, ("test", "light", "ensemble, flip")),
                         "+0.1000 (+0.1000 to +0.1000)")
        self.assertEqual(summary.against_one(chosen, ("test", "light", "one")), "")

    def test_the_readme_has_these_tables(self):
        with open(HERE / "scans.csv", newline="") as file:
            found = summary.tables(summary.scores(list(csv.reader(file))[1:]))
        rows = [line for line in found.split("\n") if line.startswith("| ")]
        self.assertEqual(len(rows), (4 + 1) * 2 + (4 + 1) * 4 + 2 * 2)
        readme = (HERE.parent / "README.md").read_text()
        for row in rows:
            self.assertIn(row.rstrip(), readme)


class FolderTest(unittest.TestCase):
    pairs = [{"subject": "m1", "data": "a.nii", "folds": [0]},
             {"subject": "m1", "data": "b.nii", "folds": [0]},
             {"subject": "m2", "data": "c.nii", "folds": [1]}]

    def test_leakage_ends_it(self):
        folds.check_leakage(self.pairs, ["d.nii"])
        with self.assertRaisesRegex(SystemExit, r"among the training scans: \['c.nii'\]"):
            folds.check_leakage(self.pairs, ["c.nii"])
        divided = [*self.pairs, {"subject": "m2", "data": "d.nii", "folds": [0]}]
        with self.assertRaisesRegex(SystemExit, r"in several folds: \['m2'\]"):
            folds.check_leakage(divided, [])

    def test_a_subject_on_both_sides_ends_it(self):
        pairs = [{"subject": "m1", "validation": True}, {"subject": "m2"}]
        folds.check_test_set(pairs)
        with self.assertRaisesRegex(SystemExit, r"outside of it: \['m1'\]"):
            folds.check_test_set([*pairs, {"subject": "m1"}])

    def test_other_options_need_another_folder(self):
        names = ("folds", "epochs", "width", "batch", "lr", "dropout", "precision", "seed")
        options = types.SimpleNamespace(**dict.fromkeys(names, 1))
        with tempfile.TemporaryDirectory() as name:
            folds.check_folder(options, Path(name))
            folds.check_folder(options, Path(name))
            options.epochs = 2
            with self.assertRaisesRegex(SystemExit, "give another --folder"):
                folds.check_folder(options, Path(name))


if __name__ == "__main__":
    unittest.main()
