# SPDX-License-Identifier: Apache-2.0
"""Common to the tests of interrupted sweeps: a sweep of three permutations, its journal and its
expected results."""

import collections
import contextlib
import functools
import math
import signal
import tempfile
import time
from pathlib import Path

import program
from program import FAST, ProgramTest, run
from results import events, summary_files

TRIALS = 3
# Deaths without a checkpoint between them after which a trial runs alone.
MOST_DEATHS = 2


def sweep_of(epochs, checkpoint_minutes="0"):
    """Options of a sweep whose trials have this number of epochs."""
    grid = (f"{{'lr': [0.001, 0.0005, 0.0001], 'epochs': {epochs}, 'batch_size': 6,"
            " 'dropout': 0.3}")
    return ("-talos", grid, "-at", "0.6", "--checkpoint_minutes", checkpoint_minutes)


SWEEP = sweep_of(3)
KILLED = -signal.SIGKILL


def results(folder):
    """The results that must not depend on interruptions of the sweep."""
    return {
        "summary": [path.read_bytes() for path in summary_files(folder)],
        "histories": sorted(path.read_bytes() for path in folder.glob("talos_scan_history_*")),
        "modalities": sorted(path.read_bytes() for path in folder.glob("modality_results_*")),
        "model": (folder / "best_model.hdf5").read_bytes(),
    }


@contextlib.contextmanager
def trained(sweep, ranks=None):
    """The experiment's folder of a sweep that ran to its end."""
    with tempfile.TemporaryDirectory(prefix="msunet_system_") as place:
        program.write_scans(place)
        done = run("-tpath", "data", "-mpath", "masks", *FAST, *sweep, cwd=place, ranks=ranks)
        assert done.code == 0, done.text
        yield Path(place) / "out" / "x"


@functools.cache
def uninterrupted(sweep, ranks):
    """The results of an undisturbed sweep."""
    with trained(sweep, ranks) as folder:
        return results(folder)


@functools.cache
def epochs_of(seconds, at_least=8):
    """The number of epochs that take this time on one rank of this machine. An epoch takes some
    hundredths of a second on a fast one, where a sweep needs many if it is to be interrupted."""
    with trained(SWEEP) as folder:
        times = [event["at"] for event in events(folder) if event["event"] == "epoch"]
    # From the first to the last of the three epochs of the first trial.
    return max(at_least, math.ceil(seconds / ((times[2] - times[0]) / 2)))


def stray_files(folder):
    return [path.name for path in folder.rglob("*.tmp")]


def line_count(folder):
    """The number of lines of the journal; not parsed, as tests poll a hundred times a second."""
    try:
        return (folder / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def deaths(folder):
    """How often the job died while a trial ran, since the trial's last checkpoint that is further
    than the one before: a resume reports the one that it starts from again."""
    running, count, reached = set(), collections.Counter(), {}
    for event in events(folder):
        if event["event"] == "trial_started":
            running.add(event["trial"])
        elif event["event"] == "checkpoint":
            position = (event["epoch"], event["step"])
            if position > reached.get(event["trial"], (0, 0)):
                count[event["trial"]] = 0
            reached[event["trial"]] = position
        elif event["event"] == "trial_finished":
            running.discard(event["result"]["trial"])
            count[event["result"]["trial"]] = 0
        elif event["event"] == "resumed":
            count.update(running)
            running.clear()
    return max(count.values(), default=0)


class SweepTest(ProgramTest):
    """A sweep that must have the results of an undisturbed one."""

    sweep = SWEEP
    expected_ranks = None  # ranks of the undisturbed sweep; None: without MPI

    @classmethod
    def setUpClass(cls):
        cls.expected = uninterrupted(cls.sweep, cls.expected_ranks)

    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def wait_for_lines(self, process, count):
        """Waits until the journal has `count` more lines; False if the program has ended."""
        wanted = line_count(self.folder) + count
        for _ in range(12000):
            if process.poll() is not None:
                return False
            if line_count(self.folder) >= wanted:
                return True
            time.sleep(0.01)
        raise AssertionError("no progress in 120 s:\n" + self.log())

    def finish(self, code=0, **options):
        """Starts the sweep, which must end with the exit code."""
        result = self.train(*self.sweep, **options)
        self.assert_code(result, code)
        return result

    def assert_same_results(self):
        found = results(self.folder)
        for name, expected in self.expected.items():
            self.assertEqual(found[name], expected, name)
        finished = [event["result"]["trial"] for event in events(self.folder)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(TRIALS)), "lost, or run twice")
        self.assertEqual(stray_files(self.folder), [])
