# SPDX-License-Identifier: Apache-2.0
"""Predicted likelihoods and masks are those of Keras on the same windows, which SimpleITK and NumPy
cut out of the same scans."""

import csv
import glob
import os
import subprocess
import tempfile
import unittest

import numpy as np
import SimpleITK as sitk

import runs
from reference_data import files, keras, preprocess, start_model

TOLERANCE = 1e-5
FRACTIONS = (0.75, 0.25)


def predict(model, output, *options, inputs=os.path.join(runs.INPUTS, "data")):
    command = [runs.PROGRAM, "predict", "-m", model, "-o", output, *map(str, options), inputs]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: {command}\n{done.stdout}")
    return done.stdout


def starts(length, size, stride):
    """The positions of training, and a last one that ends at the border."""
    at = list(range(0, length - size + 1, stride))
    return at if at[-1] + size == length else [*at, length - size]


def through_windows(model, x, fractions, fixed, combine):
    """The likelihood of slices x (z, y, x) by Keras."""
    depth, height, width = x.shape
    rows, columns, row_stride, column_stride, _ = preprocess.windows(height, width, fractions, fixed)
    padded = model.input_shape[1:3]
    windows = [(r, c) for r in starts(height, rows, row_stride)
               for c in starts(width, columns, column_stride)]
    values = np.full((len(windows), depth, height, width), np.nan, "f4")
    for n, (r, c) in enumerate(windows):
        batch = np.zeros((depth, *padded, 1), "f4")
        batch[:, :rows, :columns, 0] = x[:, r:r + rows, c:c + columns]
        likelihood = model.predict(batch, verbose=0)[..., 0]
        values[n, :, r:r + rows, c:c + columns] = likelihood[:, :rows, :columns]
    return combine(values, axis=0)


def back(image, grid, likelihood):
    """On the scan's own grid; beyond the edge the nearest value."""
    _, spacing, origin = grid
    there = sitk.GetImageFromArray(likelihood.astype("f4"))
    there.SetSpacing(spacing)
    there.SetOrigin(origin)
    there.SetDirection(image.GetDirection())
    resampler = sitk.ResampleImageFilter()
    resampler.SetReferenceImage(image)
    resampler.SetInterpolator(sitk.sitkLinear)
    resampler.SetUseNearestNeighborExtrapolator(True)
    return resampler.Execute(there)


class Predict(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def compare(self, model_for, output, mode, argument, fractions=None, fixed=None,
                combine=np.nanmean):
        """model_for: height and width of a scan's slices to the Keras model."""
        for data, mask in files(runs.INPUTS):
            image, _ = preprocess.load(data, mask)
            grid = preprocess.grid(image, mode, argument)
            model = model_for(grid[0][1], grid[0][0])
            _, x, _, _ = preprocess.pair(data, mask, mode, argument, fractions is not None)
            expected = back(image, grid, through_windows(model, x, fractions, fixed, combine))
            stem = os.path.join(output, os.path.basename(data).removesuffix(".nii.gz"))
            ours = sitk.ReadImage(stem + "_likelihood.nii.gz")
            self.assertEqual(ours.GetSize(), image.GetSize())
            for ask in ("GetSpacing", "GetOrigin", "GetDirection"):
                np.testing.assert_allclose(getattr(ours, ask)(), getattr(image, ask)(), atol=1e-5)
            values = sitk.GetArrayFromImage(ours)
            np.testing.assert_allclose(values, sitk.GetArrayFromImage(expected), atol=TOLERANCE,
                                       rtol=0, err_msg=data)
            ours_mask = sitk.GetArrayFromImage(sitk.ReadImage(stem + "_mask.nii.gz"))
            np.testing.assert_array_equal(ours_mask, values > 0.5)

    def test_a_trained_model_and_its_archive(self):
        sweep = runs.train(self.folder, {"batch_size": 24, "epochs": 2, "lr": 0.001})
        model = keras.models.load_model(sweep.path("best_model.hdf5"))
        output = os.path.join(self.folder, "best")
        text = predict(sweep.folder, output, "--threads", 1)
        self.assertIn("-ts 32, windows of 0.75 of the slice every 0.25", text)
        self.compare(lambda *_: model, output, "target", 32, fractions=FRACTIONS)
        again = os.path.join(self.folder, "archive")
        predict(sweep.archive, again, "--threads", 1)
        for file in sorted(glob.glob(os.path.join(output, "*.nii.gz"))):
            with open(file, "rb") as one, open(os.path.join(again, os.path.basename(file)), "rb") as two:
                self.assertEqual(one.read(), two.read(), file)

    def test_a_file_that_says_nothing_with_fixed_patches_and_the_maximum(self):
        output = os.path.join(self.folder, "fixed")
        text = predict(runs.START_WEIGHTS, output, "-ts", 80, "--patch_dimensions", 64,
                       "--patch_stride", 32, "--combine", "maximum")
        self.assertIn("does not say how scans were prepared", text)
        model = start_model(64, 64, runs.START_WEIGHTS)
        self.compare(lambda *_: model, output, "target", 80, fixed=(64, 32), combine=np.nanmax)

    def test_a_spacing_that_does_not_divide_the_field_of_view(self):
        output = os.path.join(self.folder, "spacing")
        predict(runs.START_WEIGHTS, output, "-hspace", 0.5, "-vspace", 0.9, "-fs", 0.25)

        def padded(*sides):
            return start_model(*(-(-int(side * 0.75) // 32) * 32 for side in sides),
                               runs.START_WEIGHTS)

        self.compare(padded, output, "spacing", (0.5, 0.5, 0.9), fractions=FRACTIONS)

    def test_dice_is_that_of_the_masks(self):
        output = os.path.join(self.folder, "dice")
        predict(runs.START_WEIGHTS, output, "-ts", 32, "-fp", 1, "-fs", 1, "--reference",
                os.path.join(runs.INPUTS, "masks"))
        with open(os.path.join(output, "dice.csv"), newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["modality"] for row in rows], ["anatomical", "fmri", "noddi"])
        for row, (data, mask) in zip(rows, files(runs.INPUTS)):
            self.assertEqual(row["scan"], os.path.basename(data))
            truth = sitk.GetArrayFromImage(sitk.ReadImage(mask)) > 0
            ours = sitk.GetArrayFromImage(sitk.ReadImage(
                os.path.join(output, row["scan"].removesuffix(".nii.gz") + "_mask.nii.gz"))) > 0
            dice = 2 * np.sum(truth & ours) / (np.sum(truth) + np.sum(ours))
            self.assertAlmostEqual(float(row["dice"]), dice, delta=1e-6)


if __name__ == "__main__":
    unittest.main()
