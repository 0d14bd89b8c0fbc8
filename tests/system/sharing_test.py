# SPDX-License-Identifier: Apache-2.0
"""Permutations that share a training have the results that each has alone."""

import re
import signal
import unittest

import program
from program import ProgramTest
from results import events, one, page
from sweep import KILLED, SweepTest, results

GRID = ("{'lr': [0.001, 0.0005], 'epochs': [2, 4], 'restore_best': [False, True], 'batch_size': 6,"
        " 'dropout': 0.3, 'patch_stride': 16}")
OPTIONS = ("-talos", GRID, "-at", "0.6", "--ranks_per_trial", "1", "--threads", "1",
           "--keep_models", "all", "--checkpoint_minutes", "0")


def weights(folder):
    return {path.parent.name: path.read_bytes()
            for path in (folder / "trials").glob("*/weights.h5")}


class SharingTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()

    wait_for_lines = SweepTest.wait_for_lines

    def sweep(self, name, *arguments):
        result = self.train(*OPTIONS, *arguments)
        self.assert_code(result, 0)
        return result, self.here / "out" / name

    def test_results_are_those_of_permutations_trained_alone(self):
        # Killed and resumed in between.
        self.folder = self.here / "out" / "x"
        process = self.start_training(*OPTIONS)
        if self.wait_for_lines(process, 6):
            process.send_signal(signal.SIGKILL)
        self.assertIn(process.wait(), (0, KILLED))
        result, together = self.sweep("x", "--share_prefixes", "False")
        if process.returncode == KILLED:
            self.assertIn("--share_prefixes False has no effect on a sweep that is resumed",
                          result.text)
            self.assertRegex(result.text, r"8 permutations, 2 trainings, 8 epochs instead of 24")
        result, alone = self.sweep("x_2", "--share_prefixes", "False", "--resume", "never")
        self.assertNotIn("shared trainings", result.text)

        self.assertEqual(events(together)[0]["shared"], [[0, 1, 4, 5], [2, 3, 6, 7]])
        self.assertNotIn("shared", events(alone)[0])
        started = [event["trial"] for event in events(together)
                   if event["event"] == "trial_started"]
        self.assertEqual(set(started), {0, 2})
        finished = [event["result"]["trial"] for event in events(together)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(8)))

        expected, found = results(alone), results(together)
        for name in ("histories", "modalities", "model"):
            self.assertEqual(found[name], expected[name], name)
        plain = [[re.sub(rb"\bx_2\b", b"x", text) for text in of["summary"]]
                 for of in (expected, found)]
        self.assertEqual(plain[0], plain[1])
        self.assertEqual(weights(together), weights(alone))
        self.assertEqual({trial["training"] for trial in page(together)["trials"]}, {0, 2})
        self.assertFalse(any("training" in trial for trial in page(alone)["trials"]))
        self.assertIn("trained with trial 0", one(together, "trials/4/log.txt").read_text())


if __name__ == "__main__":
    program.main()
