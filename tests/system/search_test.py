# SPDX-License-Identifier: Apache-2.0
"""A halving search on three ranks that SIGKILL ends several times at any moment: its tables are those
of an undisturbed search on one rank, byte for byte. The environment variable MSUNET_KILLS sets how
often."""

import os
import random
import signal
import time

import program
from program import run
from results import events, page, records, summary_files
from sweep import MOST_DEATHS, SweepTest, deaths, line_count, results

KILLS = int(os.environ.get("MSUNET_KILLS", "3"))
RANKS = 3
TRIALS = 9
# So long that the search lasts for all kills.
FIRST_RUNG = 2 + KILLS // 4


def search_of(strategy):
    grid = (f"{{'lr': [0.002, 0.0005, 0.0001], 'dropout': [0.1, 0.3, 0.5], 'epochs': {9 * FIRST_RUNG},"
            " 'batch_size': 6}")
    return ("-talos", grid, "--checkpoint_minutes", "0", "--strategy", strategy, "--min_epochs",
            str(FIRST_RUNG), "--ranks_per_trial", "1")


def states(folder):
    return [(row["id"], row["state"]) for row in records(folder / "permutations.csv")]


class SearchTest(SweepTest):
    sweep = search_of("halving")

    def kill(self, process, draw):
        """Kills one rank, which ends the job, or the whole job."""
        ranks = program.children(process.pid)
        if len(ranks) == RANKS and draw.random() < 0.5:
            os.kill(draw.choice(ranks), signal.SIGKILL)
            self.assertNotIn(process.wait(120), (0, 75), self.log())
        else:
            self.end(process)
        self.wait_until_gone(ranks)

    def test_kills_change_no_decision(self):
        draw = random.Random(20261129)
        kills = 0
        while kills < KILLS:
            process = self.start_training(*self.sweep, ranks=RANKS)
            lines = line_count(self.folder)
            if not self.wait_for_lines(process, 2 + draw.randint(1, 8)):
                break
            while deaths(self.folder) >= MOST_DEATHS and self.wait_for_lines(process, 1):
                pass
            time.sleep(draw.uniform(0, 0.1))
            self.kill(process, draw)
            self.assertGreater(line_count(self.folder), lines)
            kills += 1
        self.assertEqual(kills, KILLS, "the search was too short:\n" + self.log())
        self.finish(ranks=RANKS)
        found = results(self.folder)
        for name, expected in self.expected.items():
            self.assertEqual(found[name], expected, name)
        self.check_search()
        self.check_report()

    def check_search(self):
        """Nine trials at the first rung, three at the second, one to its end."""
        found = events(self.folder)
        finished = [event["result"]["trial"] for event in found if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(TRIALS)), "lost, or ended twice")
        promoted = [event["rung"] for event in found if event["event"] == "trial_promoted"]
        self.assertEqual(sorted(promoted), [1, 1, 1, 2])
        self.assertEqual(sorted(state for _, state in states(self.folder)), ["done"] + 8 * ["stopped"])
        epochs = [int(row["round_epochs"]) for row in records(summary_files(self.folder)[0])]
        self.assertEqual(sorted(epochs), 6 * [FIRST_RUNG] + 2 * [3 * FIRST_RUNG] + [9 * FIRST_RUNG])
        self.assertEqual(list(self.folder.rglob("checkpoint*")), [], "of trials that have ended")

    def check_report(self):
        status = run("status", self.folder, cwd=self.here)
        self.assertIn("8 stopped by the search", status.text)
        self.assertIn(f"halving: 9 trials after {FIRST_RUNG} epochs, 3 after {3 * FIRST_RUNG}, 1 to "
                      "the end", status.text)
        search = page(self.folder)["search"]
        self.assertEqual([rung[1:] for rung in search["rungs"]], [[9, 3, 6], [3, 1, 2]])
        self.assertEqual(len(search["promotions"]), 4)
        summary = summary_files(self.folder)[0].read_bytes()
        self.assert_code(run("report", self.folder, cwd=self.here), 0)
        self.assertEqual(summary_files(self.folder)[0].read_bytes(), summary)


if __name__ == "__main__":
    program.main()
