# SPDX-License-Identifier: Apache-2.0
"""Output folders that can't be written."""

import program
import tmpfs
from bad_input import RANKS, BadInputTest, Case, write
from predicting import QUICK
from program import CRASH_MARKS, ProgramTest, TemplateTest, run

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


class CommandsTest(TemplateTest):
    """The other commands: exit code 2 and one message, before any work."""

    @classmethod
    def fill_template(cls):
        (cls.template / "file").write_text("x")
        made = run("init-model", "model.h5", cwd=cls.template)
        assert made.code == 0, made.text

    def refused(self, text, *words, ranks=None):
        before = sorted(self.here.rglob("*"))
        result = run(*words, cwd=self.here, ranks=ranks)
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn(text, result.errors()[0])
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, result.text)
        self.assertEqual(sorted(self.here.rglob("*")), before)

    def test_predict(self):
        predict = ("predict", "-m", "model.h5", *QUICK, "data")
        for ranks in (None, RANKS):
            self.refused("'file'", *predict, "-o", "file", ranks=ranks)
        self.refused("'file/masks'", *predict, "-o", "file/masks")
        self.refused("'/proc/nothing'", *predict, "-o", "/proc/nothing")
        self.refused("--qc 'masks' is a folder", *predict, "--qc", "masks")
        self.refused("file'", *predict, "--qc", "file/look.html")
        self.refused("'/proc'", *predict, "--qc", "/proc/look.html")

    def test_phantom(self):
        self.refused("'file'", "phantom", "file")
        self.refused("'/proc/heads'", "phantom", "/proc/heads")
        (self.here / "heads").mkdir()
        (self.here / "heads" / "masks").write_text("x")
        self.refused("'heads/masks'", "phantom", "heads")

    def test_bench(self):
        limits = ("bench", "limits", "--repeats", "1")
        self.refused("'file'", *limits, "-o", "file")
        self.refused("'/proc/bench'", *limits, "-o", "/proc/bench")
        self.refused("'file'", "bench", "all", "--scratch", "file")

    def test_merge(self):
        for shard in ("1/2", "2/2"):
            trained = self.train("-talos", "{'epochs': [1], 'lr': [0.001, 0.01]}", "--shard", shard)
            self.assert_code(trained, 0)
        shards = ("out/x_shard1of2", "out/x_shard2of2")
        for output in ("file", "file/s", "/proc/s"):
            self.refused(f"'{output}'", "merge", "-o", output, *shards)
        merged = run("merge", "-o", "new/folders/s", *shards, cwd=self.here)
        self.assert_code(merged, 0)


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
