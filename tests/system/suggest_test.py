# SPDX-License-Identifier: Apache-2.0
"""A sweep whose sampler suggests trials by the results so far, killed and resumed on two ranks."""

import time

import program
from program import ProgramTest
from results import events

RANKS = 2
ROUNDS = 14
SEARCH = ("-talos", "{'lr': loguniform(1e-4, 1e-2), 'dropout': uniform(0, 0.5), 'batch_size': 6,"
          " 'epochs': 1}", "--sampler", "tpe", "--round_limit", str(ROUNDS),
          "--boolean_limit", "dropout < 0.4")


class SuggestTest(ProgramTest):
    def test_killed_and_resumed(self):
        self.scans()
        folder = self.here / "out" / "x"
        for ended in (4, 12):
            process = self.start_training(*SEARCH, ranks=RANKS)
            self.wait_for_results(process, folder, ended)
            ranks = program.children(process.pid)
            self.end(process)
            self.wait_until_gone(ranks)
        done = self.train(*SEARCH, ranks=RANKS)
        self.assert_code(done, 0)
        self.assertIn(f"({ROUNDS} of {ROUNDS})", done.text)
        self.assertEqual(len(set(self.finished(folder))), ROUNDS)
        self.assertEqual(len(self.finished(folder)), ROUNDS, "run twice")
        self.check_suggestions(folder)
        status = program.run("status", str(folder), cwd=self.here)
        self.assertIn(f"{ROUNDS}: {ROUNDS} ended", status.text)

    def check_suggestions(self, folder):
        """Each was written before it was started, and none has the values that are rejected."""
        known = set()
        for event in events(folder):
            if event["event"] == "sweep_started":
                known.update(*(range(first, first + count) for first, count in event["trials"]))
                self.assertEqual(len(known), 10)
            elif event["event"] == "trial_suggested":
                self.assertNotIn(event["trial"], known)
                known.add(event["trial"])
            elif event["event"] == "trial_started":
                self.assertIn(event["trial"], known)
            elif event["event"] == "trial_finished":
                self.assertLess(event["result"]["permutation"]["dropout"], 0.4)
        self.assertEqual(len(known), ROUNDS)

    def wait_for_results(self, process, folder, count):
        while len(self.finished(folder)) < count:
            self.assertIsNone(process.poll(), self.log())
            time.sleep(0.02)

    @staticmethod
    def finished(folder):
        return [event["result"]["trial"] for event in events(folder)
                if event["event"] == "trial_finished"]


if __name__ == "__main__":
    program.main()
