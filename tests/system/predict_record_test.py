# SPDX-License-Identifier: Apache-2.0
"""msunet predict: results that exist are kept only where they are what the command would make."""

import json
import os
import shutil

import program
from predicting import RECORD, PredictTest, contents
from program import run


class RecordTest(PredictTest):
    def setUp(self):
        super().setUp()
        self.scans()

    def make(self, *options, **environment):
        return self.predict("data", "-o", "out", *options, **environment)

    def begin(self, *options):
        self.assert_code(self.make(*options), 0)
        self.first = contents(self.here / "out")

    def assert_refused(self, result, *texts):
        """Exit code 2 before any work, with one message that holds the texts."""
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        message = result.errors()[0]
        for text in (*texts, "give another folder with -o, or --overwrite True to predict them again"):
            self.assertIn(text, message)
        self.assertEqual(contents(self.here / "out"), self.first)

    def assert_skipped(self, result, count):
        self.assert_code(result, 0)
        self.assertIn(f"{count} scans are skipped because their results exist", result.out)

    def record(self):
        return json.loads((self.here / "out" / RECORD).read_text())


class Differences(RecordTest):
    def test_another_model(self):
        self.begin()
        self.assert_code(run("init-model", "other.h5", "--seed", "7", cwd=self.here), 0)
        for ranks in (None, 2):
            refused = self.make(model="other.h5", ranks=ranks)
            self.assert_refused(refused, "-o 'out' holds results of 5 scans that another prediction "
                                "made (model model.h5, now model other.h5), ")
        shutil.copy(self.here / "other.h5", self.here / "model.h5")
        self.assert_refused(self.make(), "(model model.h5 with other weights)")
        self.assert_code(self.make("--overwrite", "True"), 0)
        self.assertNotEqual(contents(self.here / "out"), self.first)
        # The weights count, not the name of their file.
        self.assert_skipped(self.make(model="other.h5"), 5)

    def test_another_option(self):
        self.begin("--threshold", "0.3")
        self.assert_refused(self.make(), "(--threshold 0.3, now 0.5)")
        self.assert_refused(self.make("--clean", "largest", "--threshold", "0.3"),
                            "(--clean none, now largest)")
        self.assert_refused(self.make("-fp", "0.5", "--threshold", "0.3"),
                            "(--frac_patch 1.0, now 0.5)")
        self.assert_code(self.make("--overwrite", "True"), 0)
        self.assert_skipped(self.make(), 5)
        self.assertEqual(len(self.record()), 1)

    def test_another_scan_of_the_same_name(self):
        self.begin()
        shutil.copytree(self.here / "data", self.here / "data2")
        refused = self.predict("data2", "-o", "out")
        self.assert_refused(refused, "results of 5 scans", f"scan '{self.here}/data/a1_anatomical_data"
                            f".nii', now '{self.here}/data2/a1_anatomical_data.nii'", "and 3 more)")
        os.utime(self.here / "data" / "a2_dti_data.nii", ns=(1, 1))
        self.assert_refused(self.make(), f"results of 1 scan that another prediction made (scan "
                            f"'{self.here}/data/a2_dti_data.nii', which has changed since)")

    def test_results_without_a_record(self):
        """Those of an earlier release, or of another program."""
        self.begin()
        (self.here / "out" / RECORD).unlink()
        self.assert_refused(self.make(), "holds results of 5 scans without a record of what made them,")
        self.assert_code(self.make("--overwrite", "True"), 0)
        self.assert_skipped(self.make(), 5)

    def test_a_record_that_cannot_be_read(self):
        self.begin()
        (self.here / "out" / RECORD).write_text("[{")
        for words in ((), ("--overwrite", "True")):
            refused = self.make(*words)
            self.assert_code(refused, 2)
            self.assertIn("'out/predictions.json' can't be read (", refused.err)

    def test_a_brain_that_another_prediction_made(self):
        self.begin("--brain", "True", "--threshold", "1e-9")
        self.assert_skipped(self.make("--threshold", "1e-9"), 5)
        self.assert_skipped(self.make("--threshold", "1e-9", "--brain", "True"), 5)
        self.assert_code(self.make("--overwrite", "True", "--threshold", "0.9"), 0)
        self.first = contents(self.here / "out")
        self.assert_refused(self.make("--brain", "True", "--threshold", "0.9"), "5 scans")


class Repeats(RecordTest):
    def test_an_unchanged_command_skips_all(self):
        self.begin()
        times = {path.name: path.stat().st_mtime_ns for path in (self.here / "out").iterdir()}
        (self.here / "linked").symlink_to("data")
        # How it runs, what it compares, and options that say the default change no result.
        for words in (("data",), ("linked",), ("data", "--batch_size", "3"),
                      ("data", "--reference", "masks"), ("data", "--combine", "mean"),
                      ("data", "--qc", "look.html")):
            self.assert_skipped(self.predict(*words, "-o", "out"), 5)
        now = {path.name: path.stat().st_mtime_ns for path in (self.here / "out").iterdir()}
        now.pop("dice.csv")
        self.assertEqual(now, times)

    def test_after_a_kill(self):
        """The record is there before the results."""
        for ranks in (None, 2):
            shutil.rmtree(self.here / "out", ignore_errors=True)
            killed = self.make(ranks=ranks, MSUNET_FAULT="predict.write:0:crash:2")
            self.assertNotEqual(killed.code, 0)
            done = len([name for name in self.names("out") if name.endswith("_mask.nii")])
            self.assertGreater(done, 0)
            self.assertLess(done, 5)
            again = self.make(ranks=ranks)
            self.assert_code(again, 0)
            self.assertRegex(again.out, f"{done} scans? (is|are) skipped because")

    def test_after_a_kill_that_left_old_results(self):
        """Old results are not taken for those of the command that was replacing them."""
        self.begin()
        words = ("--threshold", "1e-9")
        killed = self.make(*words, "--overwrite", "True", MSUNET_FAULT="predict.write:0:crash:2")
        self.assertNotEqual(killed.code, 0)
        self.first = contents(self.here / "out")
        self.assert_refused(self.make(*words), "results of 5 scans without a record")
        self.assert_refused(self.make(), "results of 5 scans without a record")
        self.assert_code(self.make(*words, "--overwrite", "True"), 0)
        self.assert_skipped(self.make(*words), 5)

    def test_other_scans_in_the_same_folder_keep_their_records(self):
        self.assert_code(self.predict("data/a2_dti_data.nii", "-o", "out"), 0)
        self.assert_code(self.predict("data/b1_fmri_data.nii", "-o", "out", "--threshold", "0.4"), 0)
        self.assertEqual([one["options"]["threshold"] for one in self.record()], ["0.5", "0.4"])
        self.assert_code(self.predict("data/a2_dti_data.nii", "-o", "out"), 0)
        self.first = contents(self.here / "out")
        self.assert_refused(self.make(), "results of 1 scan that another prediction made "
                            "(--threshold 0.4, now 0.5)")


if __name__ == "__main__":
    program.main()
