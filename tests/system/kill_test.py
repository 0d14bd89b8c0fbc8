# SPDX-License-Identifier: Apache-2.0
"""Twenty times SIGKILL, for any rank or all at any moment of a sweep on two ranks: it ends as if
nothing had happened."""

import collections
import os
import random
import signal
import time

import program
from sweep import SweepTest, events, line_count, sweep_of

KILLS = 20
RANKS = 2
# Deaths without a checkpoint between them after which a permutation is no longer treated as others.
MOST_DEATHS = 2


def deaths(folder):
    """How often the job died while a permutation ran, since its last checkpoint."""
    running, count = set(), collections.Counter()
    for event in events(folder):
        if event["event"] == "trial_started":
            running.add(event["trial"])
        elif event["event"] == "checkpoint":
            count[event["trial"]] = 0
        elif event["event"] == "trial_finished":
            running.discard(event["result"]["trial"])
            count[event["result"]["trial"]] = 0
        elif event["event"] == "resumed":
            count.update(running)
            running.clear()
    return max(count.values(), default=0)


class KillTest(SweepTest):
    expected_ranks = RANKS
    sweep = sweep_of(400)  # a death and its start take the time of twenty epochs

    def wait_for_moment(self, process, draw):
        """Any moment of the start and of the training; False if the program ended before."""
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
        """At most until the sweep has gone on a little: on a fast machine the seconds of a start are
        many epochs, and the sweep would end before it has been killed often enough."""
        until, lines = time.time() + seconds, line_count(self.folder)
        while time.time() < until and line_count(self.folder) < lines + 5:
            time.sleep(0.02)

    def kill(self, process, draw):
        """One rank, whose end is the job's, or the whole job; who it was."""
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

    def test_twenty_kills(self):
        draw = random.Random(20260131)
        victims = collections.Counter()
        while victims.total() < KILLS:
            process = self.start_training(*self.sweep, ranks=RANKS)
            if not self.wait_for_moment(process, draw):
                break
            victims[self.kill(process, draw)] += 1
        print(f"killed, by rank: {dict(victims)}, after {len(events(self.folder))} lines")
        self.assertEqual(victims.total(), KILLS, "the sweep was too short:\n" + self.log())
        self.finish(ranks=RANKS)
        self.assert_same_results()


if __name__ == "__main__":
    program.main()
