# SPDX-License-Identifier: Apache-2.0
"""Output folders that can't be written."""

import program
import tmpfs
from bad_input import RANKS, BadInputTest, Case, write
from program import CRASH_MARKS, ProgramTest

NO_EXPERIMENT = Case("experiment's folder holds something else", 2, [("out/x", "journal.jsonl", "-n")],
                     change=write("out/x/thesis.txt", b"x"))
CASES = [
    Case("output folder is a file", 2, [("'out'",)], change=write("out", b"x")),
    Case("output folder can't be made", 2, [("/proc/nothing",)],
         ("--output_directory", "/proc/nothing"), without=("--output_directory",)),
    NO_EXPERIMENT,
]


class BadOutputTest(BadInputTest):
    def test_folders(self):
        self.run_table(CASES)

    def test_what_is_no_experiment_is_refused_before_scans_are_read(self):
        self.run_case(NO_EXPERIMENT)
        self.assertFalse((self.here / "out" / ".msunet_cache").exists())


class ReadOnlyTest(ProgramTest):
    """A read-only mount: permissions would not stop root, who runs the tests in containers."""

    def setUp(self):
        super().setUp()
        reason = tmpfs.why_not()
        if reason:
            print(f"SKIPPED: read-only output folders, nothing can be mounted here ({reason})")
            self.skipTest(reason)
        self.scans()

    def refused(self, ranks=None):
        result = self.train(ranks=ranks)
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("(Read-only file system), ", result.err)
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, result.text)

    def test_empty(self):
        for ranks in (None, RANKS):
            with self.subTest(ranks=ranks), tmpfs.mounted(self.here / "out", "ro"):
                self.refused(ranks)

    def test_with_an_experiment(self):
        with tmpfs.mounted(self.here / "out", "rw"):
            self.assert_code(self.train("--stop_before", "0.001 s"), 75)
            self.assertEqual(tmpfs.mount(self.here / "out", "remount,ro").returncode, 0)
            self.refused()


if __name__ == "__main__":
    program.main()
