# SPDX-License-Identifier: Apache-2.0
"""A disk that runs full at every moment of a sweep: a clear message, and with more room the same
command ends as if nothing had happened. The disk is a small tmpfs, which only root may mount."""

import contextlib
import subprocess
import sys
import tempfile

import program
import resume_test

# Kilobytes: too little for the journal, the first files, the cache, weights, the final files (where
# no checkpoint fits), weights beside a checkpoint, a second and a third checkpoint.
SIZES = (0, 16, 100, 8000, 20_000, 36_000, 45_000, 65_000)
ROOM = 400_000


def mount(folder, kilobytes, *options):
    # The kernel takes a size of 0 for no limit.
    options = ",".join([*options, f"size={max(kilobytes, 4)}k"])
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],
                          capture_output=True, text=True, check=False)


def why_not():
    """Why nothing can be mounted here; nothing if it can."""
    with tempfile.TemporaryDirectory() as folder:
        tried = mount(folder, 4)
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
            return ""
        return tried.stderr.strip() or "mount failed"


class DiskFullTest(resume_test.SweepTest):
    @contextlib.contextmanager
    def disk(self, kilobytes):
        """A new disk as the output folder."""
        out = self.here / "out"
        out.mkdir()
        self.assertEqual(mount(out, kilobytes).returncode, 0)
        try:
            yield
        finally:
            subprocess.run(["umount", out], check=True)
            out.rmdir()

    def try_size(self, kilobytes, ranks=None):
        with self.subTest(kilobytes), self.disk(kilobytes):
            self.fill_and_make_room(kilobytes, ranks)

    def fill_and_make_room(self, kilobytes, ranks):
        result = self.train(*self.sweep, ranks=ranks)
        print(f"{kilobytes} kB: exit code {result.code}", *result.err.splitlines(), sep="\n  ")
        self.assertIn(result.code, (0, 1, 2, 75), result.text)
        self.assertIn("No space left on device), make room or choose another folder", result.err)
        if result.code != 0:
            self.assertIn(len(result.errors()), range(1, (ranks or 1) + 1), result.err)
        for mark in program.CRASH_MARKS:
            # How a job of several ranks ends at once; mpirun says so.
            if mark != "MPI_ABORT":
                self.assertNotIn(mark, result.text)
        self.assertEqual(mount(self.here / "out", ROOM, "remount").returncode, 0)
        self.finish(ranks=ranks)
        self.assert_same_results()

    def test_one_rank(self):
        for kilobytes in SIZES:
            self.try_size(kilobytes)

    def test_two_ranks(self):
        for kilobytes in (16, 8000, 45_000):
            self.try_size(kilobytes, ranks=2)


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"SKIPPED: no small disk can be mounted here ({reason})")
        sys.exit(77)
    program.main()
