# SPDX-License-Identifier: Apache-2.0
"""How often the program opens a scan: once by one process, at most twice by several."""

import collections
import ctypes
import os
import struct

import program
from program import ProgramTest, run

IN_OPEN, IN_CLOSE_NOWRITE, IN_ISDIR = 0x20, 0x10, 0x40000000
EVENT = struct.Struct("iIII")


class Watch:
    """Counts by inotify how often any process opens the files of some folders."""

    def __init__(self, *folders):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.libc.inotify_init1(os.O_NONBLOCK)
        for folder in folders:
            # With the closings no two equal events follow each other, which the kernel would join.
            mask = IN_OPEN | IN_CLOSE_NOWRITE
            if self.libc.inotify_add_watch(self.descriptor, os.fsencode(folder), mask) < 0:
                raise OSError(ctypes.get_errno(), "inotify_add_watch")

    def openings(self):
        """Openings by file name since the last call."""
        counts = collections.Counter()
        while True:
            try:
                data = os.read(self.descriptor, 1 << 16)
            except BlockingIOError:
                return counts
            while data:
                _, mask, _, length = EVENT.unpack_from(data)
                name = data[EVENT.size:EVENT.size + length].rstrip(b"\0").decode()
                if name and mask & IN_OPEN and not mask & IN_ISDIR:
                    counts[name] += 1
                data = data[EVENT.size + length:]

    def close(self):
        os.close(self.descriptor)


class Opens(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()
        self.watch = Watch(self.here / "data", self.here / "masks")
        self.addCleanup(self.watch.close)

    def assert_opened(self, times, files):
        counts = self.watch.openings()
        self.assertEqual(len(counts), files, counts)
        self.assertEqual(set(counts.values()), {times}, counts)

    def assert_opened_by_a_sweep(self, times):
        """`times` for training, and the validation pair once more for the Dice of whole masks."""
        counts = self.watch.openings()
        self.assertEqual(len(counts), 10, counts)
        for name, count in counts.items():
            self.assertEqual(count, times + name.startswith("b1_"), counts)

    def test_training(self):
        for ranks, times in ((None, 1), (2, 2)):
            name = f"x{ranks}"
            self.assert_code(self.train("-n", name, "--cache", name, ranks=ranks), 0)
            self.assert_opened_by_a_sweep(times)

    def test_training_with_the_cache(self):
        self.assert_code(self.train("-n", "first"), 0)
        self.assert_opened_by_a_sweep(1)
        # Scans that were written a moment ago are read for their hashes.
        self.assert_code(self.train("-n", "second"), 0)
        self.assert_opened_by_a_sweep(1)

    def test_dry_run(self):
        self.assert_code(self.train("--dry_run"), 0)
        self.assert_opened(1, 10)

    def test_prediction(self):
        self.assert_code(run("init-model", "model.h5", cwd=self.here), 0)
        for ranks, times in ((None, 1), (2, 2)):
            result = run("predict", "-m", "model.h5", "-ts", "32", "-fp", "1", "-fs", "1",
                         "--threads", "1", "data", "-o", f"out{ranks}", cwd=self.here, ranks=ranks)
            self.assert_code(result, 0)
            self.assert_opened(times, 5)

    def test_prediction_with_references(self):
        self.assert_code(run("init-model", "model.h5", cwd=self.here), 0)
        result = run("predict", "-m", "model.h5", "-ts", "32", "-fp", "1", "-fs", "1", "--threads",
                     "1", "data", "-o", "out", "--reference", "masks", "--qc", "page.html",
                     cwd=self.here)
        self.assert_code(result, 0)
        self.assert_opened(1, 10)


if __name__ == "__main__":
    program.main()
