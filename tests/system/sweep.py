# SPDX-License-Identifier: Apache-2.0
"""What the tests of interrupted sweeps share: a sweep of three permutations, its journal, and the
results that it must have."""

import functools
import signal
import tempfile
import time
from pathlib import Path

import program
from program import FAST, ProgramTest, run
from results import events, summary_files

TRIALS = 3


def sweep_of(epochs):
    """Options of a sweep whose permutations have so many epochs, some hundredths of a second each
    on a fast machine: who wants to interrupt it needs many."""
    grid = (f"{{'lr': [0.001, 0.0005, 0.0001], 'epochs': {epochs}, 'batch_size': 6,"
            " 'dropout': 0.3}")
    return ("-talos", grid, "-at", "0.6", "--checkpoint_minutes", "0")


SWEEP = sweep_of(3)
KILLED = -signal.SIGKILL


def results(folder):
    """What must not depend on how often the sweep was interrupted."""
    return {
        "summary": [path.read_bytes() for path in summary_files(folder)],
        "histories": sorted(path.read_bytes() for path in folder.glob("talos_scan_history_*")),
        "modalities": sorted(path.read_bytes() for path in folder.glob("modality_results_*")),
        "model": (folder / "best_model.hdf5").read_bytes(),
    }


@functools.cache
def uninterrupted(sweep, ranks):
    """The results of a sweep in one go."""
    with tempfile.TemporaryDirectory(prefix="msunet_system_") as place:
        program.write_scans(place)
        done = run("-tpath", "data", "-mpath", "masks", *FAST, *sweep, cwd=place, ranks=ranks)
        assert done.code == 0, done.text
        return results(Path(place) / "out" / "x")


def stray_files(folder):
    return [path.name for path in folder.rglob("*.tmp")]


def line_count(folder):
    """Lines of the journal, without reading what they say: a test looks a hundred times a second."""
    try:
        return (folder / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


class SweepTest(ProgramTest):
    """A sweep that is to end as if nothing had happened."""

    sweep = SWEEP
    expected_ranks = None  # of the sweep in one go; None: without MPI

    @classmethod
    def setUpClass(cls):
        cls.expected = uninterrupted(cls.sweep, cls.expected_ranks)

    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def wait_for_lines(self, process, count):
        """Until the journal has so many more lines; False if the program ended before."""
        wanted = line_count(self.folder) + count
        for _ in range(12000):
            if process.poll() is not None:
                return False
            if line_count(self.folder) >= wanted:
                return True
            time.sleep(0.01)
        raise AssertionError("no progress in 120 s:\n" + self.log())

    def wait_until_gone(self, pids):
        """mpirun may end a moment before the last rank that it kills."""
        deadline = time.time() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            self.assertLess(time.time(), deadline, "ranks outlive mpirun")
            time.sleep(0.05)

    def finish(self, code=0, **options):
        """Starts until the sweep says that it is complete."""
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
