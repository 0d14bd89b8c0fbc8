# SPDX-License-Identifier: Apache-2.0
"""The report contains the worst slices of the best trial, however the sweep ended."""

import unittest

import program
from program import ProgramTest, run
from results import page

# The first permutation is the best, because the second learns nothing.
GRID = "{'lr': [0.001, 1e-12], 'epochs': 2, 'batch_size': 8}"


class PicturesTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()
        self.out = self.here / "out"

    def assert_shows_the_best(self, folder):
        shown = page(folder)
        self.assertEqual(shown["best"], 0)
        self.assertEqual({picture["scan"] for picture in shown["pictures"]}, {"b1_fmri_data.nii"})
        dice = [picture["dice"] for picture in shown["pictures"]]
        self.assertEqual(dice, sorted(dice))
        self.assertEqual([path.parent.name for path in folder.glob("trials/*/pictures.json")],
                         ["0"])

    def test_after_a_resume(self):
        limited = self.train("-talos", GRID, "--performance_target", "val_dice_coef,0")
        self.assert_code(limited, 0)
        self.assert_shows_the_best(self.out / "x")
        self.assert_code(self.train("-talos", GRID), 0)
        self.assert_shows_the_best(self.out / "x")

    def test_not_drawn_while_training(self):
        limit = ("--performance_target", "val_dice_coef,0")
        self.assert_code(self.train("-talos", GRID, *limit), 0)
        pictures = self.out / "x" / "trials" / "0" / "pictures.json"
        drawn = pictures.read_bytes()
        for options in (limit, ()):
            pictures.unlink()
            self.assert_code(self.train("-talos", GRID, *options), 0)
            self.assertEqual(pictures.read_bytes(), drawn)
            self.assert_shows_the_best(self.out / "x")

    def test_after_a_merge(self):
        for shard in ("1/2", "2/2"):
            self.assert_code(self.train("-talos", GRID, "--shard", shard), 0)
        merged = run("merge", "-o", "merged", "out/x_shard1of2", "out/x_shard2of2", cwd=self.here)
        self.assert_code(merged, 0)
        self.assert_shows_the_best(self.here / "merged")
        self.assert_code(run("report", "merged", cwd=self.here), 0)
        self.assert_shows_the_best(self.here / "merged")


if __name__ == "__main__":
    program.main()
