# SPDX-License-Identifier: Apache-2.0
"""A disk that runs full at any moment of a sweep: a clear message, and with more space the same
command gives the results of an undisturbed run. The disk is a small tmpfs, which only root can
mount."""

import program
import tmpfs
from sweep import SweepTest

# Kilobytes, each too little for one of: the journal, the first files, the cache, weights, the final
# files (without any checkpoint), weights beside a checkpoint, a second and a third checkpoint.
SIZES = (0, 16, 100, 8000, 20_000, 36_000, 45_000, 65_000)
ROOM = 400_000


def size(kilobytes):
    # A size of 0 would mean no limit.
    return f"size={max(kilobytes, 4)}k"


class DiskFullTest(SweepTest):
    def try_size(self, kilobytes, ranks=None):
        with self.subTest(kilobytes), tmpfs.mounted(self.here / "out", size(kilobytes)):
            self.fill_and_make_room(kilobytes, ranks)

    def fill_and_make_room(self, kilobytes, ranks):
        result = self.train(*self.sweep, ranks=ranks)
        print(f"{kilobytes} kB: exit code {result.code}", *result.err.splitlines(), sep="\n  ")
        self.assertIn(result.code, (0, 1, 2, 75), result.text)
        self.assertIn("No space left on device), make room or choose another folder", result.err)
        if result.code != 0:
            self.assertIn(len(result.errors()), range(1, (ranks or 1) + 1), result.err)
        for mark in program.CRASH_MARKS:
            # A job of several ranks ends by MPI_Abort; mpirun says so.
            if mark != "MPI_ABORT":
                self.assertNotIn(mark, result.text)
        self.assertEqual(tmpfs.mount(self.here / "out", size(ROOM), "remount").returncode, 0)
        self.finish(ranks=ranks)
        self.assert_same_results()

    def test_one_rank(self):
        for kilobytes in SIZES:
            self.try_size(kilobytes)

    def test_two_ranks(self):
        for kilobytes in (8000, 45_000):
            self.try_size(kilobytes, ranks=2)


if __name__ == "__main__":
    tmpfs.skip_unless_possible()
    program.main()
