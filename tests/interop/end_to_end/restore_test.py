# SPDX-License-Identifier: Apache-2.0
"""restore_test.py TALOS_VERSION: the best model of a sweep in Keras and, from the Deploy archive,
in talos.Restore; both have the metrics of the summary on the patches."""

import os
import sys
import tempfile
import unittest
import zipfile

VERSION = sys.argv.pop(1)
if VERSION.startswith("2"):
    folder = os.environ["MSUNET_TALOS2"]
    if not os.path.isdir(folder):
        print(f"SKIPPED: there is no talos {VERSION} in '{folder}'")
        sys.exit(77)
    sys.path.insert(0, folder)

import numpy as np
import pandas as pd
import runs
import talos
from reference_data import compiled, evaluate, keras, samples

BATCH = 16
GRID = {
    "lr": [1e-4, 2e-3],
    "batch_size": [BATCH],
    "epochs": 2,
    "dropout": [0.25],
    "finalActivation": ["sigmoid"],
}


class Restore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert talos.__version__ == VERSION, talos.__version__
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.sweep = runs.train(temporary.name, GRID, "-v", 0.34, name="experiment1795424930.852894")
        cls.rows = cls.sweep.rows()
        cls.best = max(range(2), key=lambda row: float(cls.rows[row]["val_dice_coef"]))
        cls.validation = samples("target", 32, fractions=(0.75, 0.25)).of_pairs(2)
        cls.model = keras.models.load_model(cls.sweep.path("best_model.hdf5"))
        cls.restored = talos.Restore(cls.sweep.archive)

    def test_keras_counts_what_the_summary_says(self):
        ours = [
            float(self.rows[self.best][name])
            for name in ("val_loss", "val_dice_coef", "val_jaccard_similarity")
        ]
        theirs = evaluate(compiled(self.model), self.validation, BATCH)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
        (dice,) = self.sweep.modality_rows(self.best)
        np.testing.assert_allclose(float(dice["noddi_val_dice"]), theirs[1], rtol=1e-5)

    def test_keras_knows_what_it_was_trained_with(self):
        self.assertEqual(self.model.input_shape, (None, *self.validation.x.shape[1:]))
        self.assertEqual(
            {layer.rate for layer in self.model.layers if layer.name.startswith("drop")}, {0.25}
        )

    def test_restored_model_predicts_the_same(self):
        theirs = self.restored.model.predict(self.validation.x, verbose=0)
        ours = self.model.predict(self.validation.x, verbose=0)
        self.assertGreater(np.ptp(ours), 0.1)
        np.testing.assert_allclose(theirs, ours, atol=1e-5)

    def test_params_are_the_whole_grid(self):
        params = self.restored.params
        self.assertEqual(list(params), runs.parameters_of_the_example())
        for name, values in GRID.items():
            self.assertEqual(params[name], values if isinstance(values, list) else [values], name)
        self.assertEqual(params["losses"], ["dice_coef_loss"])
        self.assertEqual(params["optimizer"], ["Adam"])
        self.assertEqual(params["patch_dimensions"], ["32/32"])
        self.assertEqual(params["experiment_name"], [self.sweep.name])

    def test_results_are_the_summary(self):
        results = self.restored.results.astype(str)
        summary = pd.read_csv(self.sweep.summary_file).astype(str)
        self.assertEqual(list(results.columns), ["start", "end", "duration", *summary.columns])
        pd.testing.assert_frame_equal(results[summary.columns], summary)

    def test_details_are_those_of_talos(self):
        """The lines of an archive that Talos wrote, then ours; as this Talos parses them."""
        with open(runs.example("model_deploy*_details.txt")) as file:
            theirs = file.read().splitlines()
        ours = self.sweep.member("details.txt").read().decode().splitlines()
        keys = [line.split(",")[0] for line in theirs]
        self.assertEqual([line.split(",")[0] for line in ours[: len(keys)]], keys)
        same = [line for line in theirs if not line.startswith("complete_time")]
        self.assertEqual([line for line in ours if line in same], same)
        self.assertIn(f"best_row,{self.best}", ours)
        details = self.restored.details
        self.assertIn(
            self.sweep.name, details.to_string() if hasattr(details, "to_string") else str(details)
        )

    def test_members_are_flat_and_complete(self):
        prefix = f"model_deploy{self.sweep.name}"
        with zipfile.ZipFile(self.sweep.archive) as archive:
            self.assertIsNone(archive.testzip())
            names = set(archive.namelist())
        self.assertEqual(
            names,
            {"README.txt"}
            | {
                f"{prefix}_{end}"
                for end in (
                    "details.txt",
                    "params.npy",
                    "results.csv",
                    "model.json",
                    "model.h5",
                    "x.csv",
                    "y.csv",
                )
            },
        )
        self.assertEqual(pd.read_csv(self.sweep.member("x.csv"), header=None).shape, (2, 2))


if __name__ == "__main__":
    unittest.main()
