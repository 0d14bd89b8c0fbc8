# SPDX-License-Identifier: Apache-2.0
"""Without trainable parameters, the metrics of a run are those of Keras's evaluate on the samples
that SimpleITK and NumPy make from the same files."""

import tempfile
import unittest

import numpy as np

import runs
from reference_data import evaluate, samples, start_model

BATCH = 24  # divides none of the parts: the last batch is smaller
METRICS = ["loss", "dice_coef", "jaccard_similarity"]


class Evaluate(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def close(self, ours, theirs, what):
        np.testing.assert_allclose(float(ours), theirs, rtol=1e-5, err_msg=what)

    def compare(self, sweep, trial, patches, data, start, train, validation):
        """patches: the summary's patch_dimensions; train, validation: the pairs of each part."""
        row = sweep.rows()[trial]
        self.assertEqual(row["patch_dimensions"], patches)
        model = start_model(*data.x.shape[1:3], start)
        part = data.of_pairs(*validation)
        for name, value in zip(METRICS, evaluate(model, part, BATCH)):
            self.close(row["val_" + name], value, "val_" + name)
        self.close(row["loss"], evaluate(model, data.of_pairs(*train), BATCH)[0], "loss")
        (dice,) = sweep.modality_rows(trial)
        for kind, pairs in (("val", validation), ("train", train)):
            part = data.of_pairs(*pairs)
            for i, modality in enumerate(runs.MODALITIES):
                name = f"{modality}_{kind}_dice"
                chosen = part.of(part.modality == i)
                if len(chosen) == 0:
                    self.assertEqual(dice[name], "", name)
                else:
                    self.close(dice[name], evaluate(model, chosen, BATCH)[1], name)

    def test_fractional_patches_at_a_width(self):
        sweep = runs.train(self.folder, {**runs.NOTHING_TRAINS, "batch_size": BATCH})
        data = samples("target", 32, fractions=(0.75, 0.25))
        self.compare(sweep, 0, "32/32", data, runs.START, train=[0], validation=[1, 2])

    def test_fractional_patches_at_a_spacing_from_a_file_of_weights(self):
        sweep = runs.train(
            self.folder,
            {**runs.NOTHING_TRAINS, "batch_size": BATCH},
            "-hspace",
            0.5,
            "-vspace",
            0.9,
            "-v",
            0.34,
            "-mw",
            "fmri",
            "-wf",
            3,
            start=runs.START_WEIGHTS,
        )
        data = samples("spacing", (0.5, 0.5, 0.9), fractions=(0.75, 0.25))
        row = sweep.rows()[0]
        model = start_model(*data.x.shape[1:3], runs.START_WEIGHTS)
        losses = [
            (evaluate(model, part, BATCH)[0], len(part))
            for part in (data.of_pairs(0), data.of_pairs(1))
        ]
        weighted = (losses[0][0] * losses[0][1] + 3 * losses[1][0] * losses[1][1]) / (
            losses[0][1] + losses[1][1]
        )
        self.close(row["loss"], weighted, "the weighted loss")
        for name, value in zip(METRICS, evaluate(model, data.of_pairs(2), BATCH)):
            self.close(row["val_" + name], value, "val_" + name)

    def test_fixed_patches_of_several_sizes_in_one_sweep(self):
        sweep = runs.train(
            self.folder,
            {
                **runs.NOTHING_TRAINS,
                "batch_size": BATCH,
                "patch_dimensions": [32, 64],
                "patch_stride": [32],
            },
            "-ufp",
            False,
            "-ts",
            80,
        )
        for trial, size in enumerate((32, 64)):
            data = samples("target", 80, fixed=(size, 32))
            self.compare(sweep, trial, str(size), data, runs.START, train=[0], validation=[1, 2])


if __name__ == "__main__":
    unittest.main()
