# SPDX-License-Identifier: Apache-2.0
"""SIGKILL many times, to one rank or to all, at any moment of a sweep on two ranks: the results are
those of an undisturbed run. The environment variable MSUNET_KILLS sets how often."""

import collections
import os
import random
import signal
import time

import program
from results import events
from sweep import MOST_DEATHS, SweepTest, deaths, epochs_of, line_count, sweep_of

KILLS = int(os.environ.get("MSUNET_KILLS", "5"))
RANKS = 2


class KillTest(SweepTest):
    expected_ranks = RANKS

    @classmethod
    def setUpClass(cls):
        # The two ranks must be busy until the last kill, and on a slow machine, too, write the lines
        # of the journal that the kills wait for.
        cls.epochs = epochs_of(KILLS, at_least=6 * KILLS)
        cls.sweep = sweep_of(cls.epochs)
        super().setUpClass()

    def wait_for_moment(self, process, draw):
        """Waits until a random moment of start or training; False if the program has ended."""
        if draw.random() < 0.4 and deaths(self.folder) < MOST_DEATHS:
            self.sleep_through_start(draw.uniform(0, 2.5))
            return process.poll() is None
        if not self.wait_for_lines(process, draw.randint(1, 3)):
            return False
        while deaths(self.folder) >= MOST_DEATHS:
            if not self.wait_for_lines(process, 1):
                return False
        time.sleep(draw.uniform(0, 0.2))
        return process.poll() is None

    def sleep_through_start(self, seconds):
        """Waits for some seconds, but not longer than a few epochs: on a fast machine the sweep
        would end before it has been killed often enough."""
        until, lines = time.time() + seconds, line_count(self.folder)
        while time.time() < until and line_count(self.folder) < lines + 5:
            time.sleep(0.02)

    def kill(self, process, draw):
        """Kills one rank, which ends the job, or the whole job. Returns which."""
        ranks = program.children(process.pid)
        victim = draw.choice([*range(RANKS), "all"])
        if victim == "all" or len(ranks) < RANKS:
            self.end(process)
            victim = "all"
        else:
            os.kill(ranks[victim], signal.SIGKILL)
            self.assertNotIn(process.wait(120), (0, 75), self.log())
        self.wait_until_gone(ranks)
        return victim

    def test_kills_change_no_result(self):
        draw = random.Random(20260131)
        victims = collections.Counter()
        while victims.total() < KILLS:
            # After each epoch, or as often as the disk allows, also within an epoch.
            minutes = draw.choice(("0", "1e-9"))
            process = self.start_training(*sweep_of(self.epochs, minutes), ranks=RANKS)
            if not self.wait_for_moment(process, draw):
                break
            victims[self.kill(process, draw)] += 1
        print(f"killed, by rank: {dict(victims)}, after {len(events(self.folder))} lines")
        self.assertEqual(victims.total(), KILLS, "the sweep was too short:\n" + self.log())
        self.finish(ranks=RANKS)
        self.assert_same_results()


if __name__ == "__main__":
    program.main()
