# SPDX-License-Identifier: Apache-2.0
"""The number of ranks changes only the order of the arithmetic."""

import json
import unittest

import program
from program import ProgramTest, run

NAMES = ("loss", "dice_coef", "jaccard_similarity", "val_loss", "val_dice_coef",
         "val_jaccard_similarity")


class RanksTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()

    def history(self, ranks, grid, *arguments):
        """Metrics of each epoch and the hash of the data set, for a trial on a number of ranks."""
        name = f"r{ranks}"
        result = run("-tpath", "data", "-mpath", "masks", "-ts", "32", "-fp", "1", "-path",
                     "random", "--threads", "1", "--output_directory", "out", "-n", name,
                     "--cache", "none", "--ranks_per_trial", ranks, "-talos", grid, *arguments,
                     cwd=self.here, ranks=ranks)
        self.assert_code(result, 0)
        lines = [json.loads(line) for line in
                 (self.here / "out" / name / "journal.jsonl").read_text().splitlines()]
        self.assertEqual(lines[0]["world"]["group_size"], ranks)
        epochs = [line["report"]["metrics"] for line in lines if line["event"] == "epoch"]
        return epochs, lines[0]["data"]["hash"]

    def compare(self, grid, *arguments, tolerance, only=NAMES, epochs):
        one, one_hash = self.history(1, grid, *arguments)
        self.assertEqual(len(one), epochs)
        for ranks in (2, 3):
            several, several_hash = self.history(ranks, grid, *arguments)
            self.assertEqual(several_hash, one_hash)
            self.assertEqual(len(several), len(one))
            for epoch, (expected, found) in enumerate(zip(one, several)):
                for name in only:
                    self.assertLessEqual(abs(expected[name] - found[name]), tolerance,
                                         (ranks, epoch, name, expected[name], found[name]))

    def test_float64_histories(self):
        # 14 samples and augmented copies in batches of 7, which 2 and 3 ranks can't split evenly.
        self.compare("{'lr': 1e-4, 'epochs': 6, 'batch_size': 7, 'dropout': 0.5}",
                     "--precision", "float64", "-at", "0.6", tolerance=1e-10, epochs=6)

    def test_first_step_in_float32(self):
        # The training metrics of an epoch with one step are computed before its update.
        self.compare("{'epochs': 1, 'batch_size': 64, 'dropout': 0.5}", tolerance=1e-7,
                     only=NAMES[:3], epochs=1)


if __name__ == "__main__":
    program.main()
