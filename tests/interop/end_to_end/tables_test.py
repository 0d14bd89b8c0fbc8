# SPDX-License-Identifier: Apache-2.0
"""The CSVs of real runs: header lines of the Python trainer, columns and types in pandas."""

import glob
import tempfile
import unittest

import pandas as pd

import runs

METRICS = """
    loss dice_coef jaccard_similarity val_loss val_dice_coef val_jaccard_similarity
""".split()
KINDS = {
    "i": ["round_epochs", "batch_size", "epochs", "num_gpus", "patch_stride", "which_layer"],
    "f": ["dropout", "lr", *METRICS],
    "b": [
        "contractingBatchNormTrainable",
        "expandingBatchNormTrainable",
        "pca_only",
        "scoreTrainable",
        "upsamplingBatchNormTrainable",
        "upsamplingTrainable",
    ],
    "O": [
        "experiment_name",
        "finalActivation",
        "losses",
        "modality_weight",
        "optimizer",
        "patch_dimensions",
    ],
}
SMALL = {"batch_size": 16, "epochs": 2}
ONE_PATCH_A_SLICE = ("-fp", 1, "-fs", 1, "-ts", 28)


def header(file):
    with open(file, "rb") as opened:
        return opened.readline()


class Tables(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def assert_kinds(self, frame, kinds):
        for kind, columns in kinds.items():
            for column in columns:
                self.assertEqual(frame[column].dtype.kind, kind, column)

    def files(self, sweep, pattern, number):
        found = sorted(glob.glob(sweep.path(pattern)))
        self.assertEqual(len(found), number, found)
        return found

    def test_as_the_python_trainer_writes_them(self):
        sweep = runs.train(
            self.folder,
            {**SMALL, "lr": [1e-4, 1e-3]},
            *ONE_PATCH_A_SLICE,
            "-mw",
            "fmri",
            "-wf",
            2,
            "--modality_metrics",
            "every_epoch"
        )
        self.assertEqual(header(sweep.summary_file), header(runs.example("[0-9]*.csv")))
        summary = pd.read_csv(sweep.summary_file, keep_default_na=False)
        self.assert_kinds(summary, KINDS)
        self.assertEqual(list(summary["lr"]), [1e-4, 1e-3])
        self.assertEqual(set(summary["modality_weight"]), {"fmri"})
        self.assertEqual(set(summary["weight_factor"]), {2})
        histories = self.files(sweep, "talos_scan_history_*.csv", 2)
        last = []
        for file in histories:
            self.assertEqual(header(file), header(runs.example("talos_scan_history_*.csv")))
            history = pd.read_csv(file, index_col=0)
            self.assert_kinds(history, {"f": METRICS})
            self.assertEqual(list(history.index), [0, 1])
            last.append(tuple(history.iloc[-1]))
        self.assertEqual(set(last), set(summary[METRICS].itertuples(index=False, name=None)))
        for file in self.files(sweep, "modality_results_*.csv", 2):
            self.assertEqual(header(file), header(runs.example("modality_results_*.csv")))
            dice = pd.read_csv(file, index_col=0)
            self.assertEqual(len(dice), 2)
            self.assert_kinds(dice, {"f": list(dice.columns)})
            filled = {column for column in dice.columns if dice[column].notna().all()}
            self.assertEqual(filled, {"noddi_val_dice", "fmri_val_dice", "anatomical_train_dice"})
        results = pd.read_csv(sweep.member("results.csv"))
        self.assertEqual(
            list(results.columns),
            list(pd.read_csv(runs.example("model_deploy*_results.csv")).columns),
        )
        self.assertEqual(
            sweep.member("results.csv").readline(),
            header(runs.example("model_deploy*_results.csv")),
        )

    def test_without_validation_data(self):
        sweep = runs.train(self.folder, SMALL, *ONE_PATCH_A_SLICE, "-v", 0)
        theirs = header(runs.example("[0-9]*.csv")).decode().rstrip("\n").split(",")
        summary = pd.read_csv(sweep.summary_file)
        self.assertEqual(
            list(summary.columns), [name for name in theirs if not name.startswith("val_")]
        )
        (file,) = self.files(sweep, "talos_scan_history_*.csv", 1)
        self.assertEqual(list(pd.read_csv(file, index_col=0).columns), METRICS[:3])
        (file,) = self.files(sweep, "modality_results_*.csv", 1)
        dice = pd.read_csv(file, index_col=0)
        self.assertEqual(len(dice.columns), 10)
        self.assertTrue(dice[[name for name in dice if "_val_" in name]].isna().all(axis=None))

    def test_keys_of_ours_are_columns_where_they_are_given(self):
        sweep = runs.train(
            self.folder,
            {**SMALL, "epochs": 1, "restore_best": [True], "early_stopping": [3]},
            *ONE_PATCH_A_SLICE
        )
        summary = pd.read_csv(sweep.summary_file)
        theirs = runs.parameters_of_the_example()
        self.assertEqual(
            list(summary.columns[7:]), sorted([*theirs, "early_stopping", "restore_best"])
        )
        self.assert_kinds(summary, {"b": ["restore_best"], "i": ["early_stopping"]})

    def test_a_failed_permutation_keeps_its_row(self):
        sweep = runs.train(
            self.folder,
            {
                **SMALL,
                "losses": "mse",
                "finalActivation": "linear",
                "optimizer": "SGD",
                "lr": [1e-4, 1e30],
            },
            *ONE_PATCH_A_SLICE,
            expect=4
        )
        summary = pd.read_csv(sweep.summary_file)
        self.assert_kinds(summary, {"f": METRICS, "i": ["round_epochs"]})
        self.assertTrue(summary.loc[0, METRICS].notna().all())
        self.assertTrue(summary.loc[1, METRICS].isna().all())
        failures = pd.read_csv(sweep.path("failures.csv"))
        self.assertEqual(len(failures), 1)
        self.assertEqual(failures["lr"][0], 1e30)
        self.assertIn("NaN", failures["reason"][0])


if __name__ == "__main__":
    unittest.main()
