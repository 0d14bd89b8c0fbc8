# SPDX-License-Identifier: Apache-2.0
"""Known traps of the trainer that this program replaces (facts.md, "Traps its users meet")."""

import math
import unittest

import program
from program import FAST, ProgramTest, run, without, write_pair
from results import HISTORY, events, records, rows, summary_file


class TrapsTest(ProgramTest):
    TINY = ("-talos", "{'epochs': 1, 'batch_size': 16}")

    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def settings(self):
        return {entry["name"]: entry["value"] for entry in events(self.folder)[0]["configuration"]}

    def test_false_is_false(self):
        result = self.train(*self.TINY, "-ia", "False", "-er", "False")
        self.assert_code(result, 0)
        self.assertEqual(self.settings()["in_place_augmentation"], "False")
        # The basic scheme without rotation: an affine copy of each of four training scans.
        self.assertEqual(events(self.folder)[0]["data"]["augmented_copies"], 4)

    def test_sizes_and_weights_take_effect(self):
        result = run("-tpath", "data/", "-mpath", "masks/", *without(FAST, ("-ts", "-fp")), "-ts", "48", "-fp", "0.5",
                     "-fs", "0.5", "-mw", "dti", "-wf", "3", *self.TINY, "--enable_augmentation",
                     "False", cwd=self.here)
        self.assert_code(result, 0)
        row = records(summary_file(self.folder))[0]
        self.assertEqual((row["patch_dimensions"], row["weight_factor"], row["modality_weight"]),
                         ("32/32", "3", "dti"))
        # Patches of 24 at 0 and 24: four per slice, of 4 + 2 + 2 + 2 slices and 2 for validation.
        data = events(self.folder)[0]["data"]
        self.assertEqual((data["training_samples"], data["validation_samples"]), (40, 8))

    def test_weights_change_the_loss(self):
        losses = []
        for name, extra in (("a", ()), ("b", ("-mw", "dti", "-wf", "3"))):
            result = run("-tpath", "data", "-mpath", "masks", *FAST[:-1], name, *self.TINY, *extra,
                         "--enable_augmentation", "False", cwd=self.here)
            self.assert_code(result, 0)
            losses.append(float(records(summary_file(self.here / "out" / name))[0]["loss"]))
        self.assertGreater(losses[1], losses[0] + 1e-3)

    def test_no_sample_is_lost_and_no_scan_is_in_both_parts(self):
        result = self.train(*self.TINY, "-v", "0.5", "--enable_augmentation", "False")
        self.assert_code(result, 0)
        data = events(self.folder)[0]["data"]
        self.assertEqual([pair.get("validation", False) for pair in data["pairs"]],
                         [False, False, False, True, True])
        self.assertEqual(data["training_samples"] + data["validation_samples"], data["slices"])
        self.assertEqual(data["slices"], 4 + 2 + 2 + 2 + 2)

    def test_hidden_file_is_skipped_with_a_warning(self):
        (self.here / "data" / ".DS_Store").write_bytes(b"x")
        (self.here / "masks" / "notes.txt").write_bytes(b"x")
        result = self.train(*self.TINY)
        self.assert_code(result, 0)
        warnings = [line for line in result.err.splitlines() if line.startswith("warning: skipped")]
        self.assertEqual(len(warnings), 1, result.err)
        self.assertIn(".DS_Store", warnings[0])
        self.assertIn("notes.txt", warnings[0])

    def test_pca_does_not_end_the_sweep(self):
        result = self.train("-talos", "{'pca_only': [True, False], 'epochs': 1, 'batch_size': 16}")
        self.assert_code(result, 0)
        table = records(summary_file(self.folder))
        self.assertEqual([row["pca_only"] for row in table], ["True", "False"] if
                         table[0]["pca_only"] == "True" else ["False", "True"])
        by_kind = {row["pca_only"]: row for row in table}
        self.assertEqual({by_kind["True"][name] for name in HISTORY}, {""})
        self.assertTrue(all(by_kind["False"][name] for name in HISTORY))
        self.assertEqual(len(list(self.folder.glob("trials/*/pca_cumsum.npy"))), 1)
        self.assertEqual(len(list(self.folder.glob("trials/*/pca_full_range.png"))), 1)
        self.assertEqual(len(list(self.folder.glob("trials/*/pca_full_range.svg"))), 1)
        self.assertTrue((self.folder / "best_model.hdf5").is_file())

    def test_pca_alone_leaves_no_model(self):
        result = self.train("-talos", "{'pca_only': True}")
        self.assert_code(result, 0)
        self.assertEqual(len(records(summary_file(self.folder))), 1)
        self.assertEqual(list(self.folder.glob("*.zip")) + list(self.folder.glob("*.hdf5")), [])

    def test_failed_trial_keeps_its_row(self):
        result = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(result, 4)
        good, bad = sorted(records(summary_file(self.folder)), key=lambda row: float(row["lr"]))
        self.assertEqual({bad[name] for name in HISTORY}, {""})
        self.assertTrue(all(math.isfinite(float(good[name])) for name in HISTORY))
        failures = records(self.folder / "failures.csv")
        self.assertEqual(len(failures), 1)
        self.assertEqual(failures[0]["lr"], "1e+30")
        self.assertIn("loss", failures[0]["reason"])
        self.assertTrue((self.folder / "best_model.hdf5").is_file())
        again = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(again, 4)
        retried = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}",
                             "--retry_failed", "True")
        self.assert_code(retried, 4)

    def test_all_failed_leaves_no_model(self):
        result = self.train("-talos", "{'lr': [1e30], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(result, 4)
        self.assertEqual(list(self.folder.glob("*.zip")) + list(self.folder.glob("*.hdf5")), [])

    def test_missing_validation_data_is_reported(self):
        result = self.train(*self.TINY, "-v", "0.1")
        self.assert_code(result, 0)
        self.assertIn("no validation data", result.err)
        self.assertNotIn("val_loss", rows(summary_file(self.folder))[0])

    def test_augmented_input_is_not_augmented_again(self):
        write_pair(self.here, "a9_dti_augmented", 9)
        result = self.train(*self.TINY)
        self.assert_code(result, 0)
        self.assertEqual(events(self.folder)[0]["data"].get("augmented_copies", 0), 0)
        self.assertIn("augmented", result.text)

    def test_time_limit_and_resume(self):
        limited = self.train("-talos", "{'lr': [0.1, 0.01, 0.001], 'epochs': 1, 'batch_size': 8}",
                             "--time_limit", "0.001 s")
        self.assert_code(limited, 0)
        self.assertEqual([e for e in events(self.folder) if e["event"] == "trial_started"], [])
        self.assertFalse(list(self.folder.glob("*.zip")))
        on = self.train("-talos", "{'lr': [0.1, 0.01, 0.001], 'epochs': 1, 'batch_size': 8}")
        self.assert_code(on, 0)
        self.assertEqual(len(records(summary_file(self.folder))), 3)
        self.assertFalse((self.folder / "results.partial.csv").exists())

    def test_performance_target_that_an_earlier_start_reached(self):
        options = ("-talos", "{'lr': [0.1, 0.01], 'epochs': 1, 'batch_size': 8}",
                   "--performance_target", "val_dice_coef,0")
        for _ in range(2):
            self.assert_code(self.train(*options), 0)
            begun = [event for event in events(self.folder) if event["event"] == "trial_started"]
            self.assertEqual(len(begun), 1)


if __name__ == "__main__":
    program.main()
