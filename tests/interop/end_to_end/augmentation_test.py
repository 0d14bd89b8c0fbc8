# SPDX-License-Identifier: Apache-2.0
"""Augmented copies: their number, and that copies and originals are trained on."""

import os
import tempfile
import unittest

import numpy as np
import SimpleITK as sitk

import runs
from reference_data import evaluate, files, samples, start_model

BATCH = 24
FROZEN = {**runs.NOTHING_TRAINS, "batch_size": BATCH}
SEED_WITH_COPIES = 1  # the random scheme copies at least one of the three pairs


class Augmentation(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def run_with(self, *options, name="run"):
        """The sweep and the pairs of the copies on disk."""
        copies = os.path.join(self.folder, name + "_copies")
        sweep = runs.train(
            self.folder,
            FROZEN,
            "--enable_augmentation",
            "True",
            "--write_augmented",
            copies,
            *options,
            name=name
        )
        return sweep, files(copies) if os.path.isdir(copies) else []

    def originals_of(self, copies):
        """For each copy the name of its original pair."""
        pairs = files(runs.INPUTS)
        for data, mask in copies:
            stem = os.path.basename(data).split("_augmented")[0]
            (pair,) = (pair for pair in pairs if os.path.basename(pair[0]).startswith(stem))
            self.assertTrue(
                os.path.basename(mask).startswith(os.path.basename(pair[1])[: -len(".nii.gz")]), mask
            )
            yield pair

    def check_trained_on(self, sweep, copies, training_pairs):
        """Loss and counts include originals and copies, Dice by modality only originals."""
        originals = files(runs.INPUTS)[:training_pairs]
        data = samples("target", 32, fractions=(0.75, 0.25), pairs=originals + copies)
        table = sweep.pairs_table()["all"]
        of_originals = data.of_pairs(*range(training_pairs))
        self.assertEqual(
            table[:4], [training_pairs, len(data) // 4, len(data), len(data) - len(of_originals)]
        )
        model = start_model(*data.x.shape[1:3])
        loss = evaluate(model, data, BATCH)[0]
        np.testing.assert_allclose(float(sweep.rows()[0]["loss"]), loss, rtol=1e-5)
        (dice,) = sweep.modality_rows(0)
        anatomical = of_originals.of(of_originals.modality == 0)
        np.testing.assert_allclose(
            float(dice["anatomical_train_dice"]), evaluate(model, anatomical, BATCH)[1], rtol=1e-5
        )

    def test_basic_scheme_makes_three_copies_of_every_training_pair(self):
        sweep, copies = self.run_with("-ia", "False", "-v", 0.34)
        self.assertEqual(len(copies), 6)
        for (data, mask), original in zip(copies, self.originals_of(copies)):
            self.assertNotIn("noddi", data)
            theirs, values = sitk.ReadImage(original[0]), sitk.GetArrayFromImage(
                sitk.ReadImage(mask)
            )
            copy = sitk.ReadImage(data)
            self.assertEqual(copy.GetSize(), theirs.GetSize())
            np.testing.assert_allclose(copy.GetSpacing(), theirs.GetSpacing(), rtol=1e-6)
            self.assertEqual(set(np.unique(values)), {0, 1})
            self.assertFalse(
                np.array_equal(sitk.GetArrayFromImage(copy), sitk.GetArrayFromImage(theirs))
            )
        self.check_trained_on(sweep, copies, training_pairs=2)

    def test_rotation_alone_is_one_copy_a_pair(self):
        _, copies = self.run_with("-ia", "False", "-ea", "False", "-v", 0.34)
        self.assertEqual(len(copies), 2)

    def test_random_scheme_counts_what_it_writes(self):
        options = ("-at", 0.5, "-v", 0.0, "--seed", SEED_WITH_COPIES)
        sweep, copies = self.run_with(*options)
        self.assertGreater(len(copies), 0, "choose another seed")
        self.assertEqual(
            len(copies), len(set(self.originals_of(copies))), "more than one copy of a pair"
        )
        self.check_trained_on(sweep, copies, training_pairs=3)
        again, same = self.run_with(*options, name="again")
        self.assertEqual(
            [os.path.basename(data) for data, _ in same],
            [os.path.basename(data) for data, _ in copies],
        )
        for mine, other in zip(sum(copies, ()), sum(same, ())):
            with open(mine, "rb") as one, open(other, "rb") as two:
                self.assertEqual(one.read(), two.read())
        self.assertEqual(again.rows()[0]["loss"], sweep.rows()[0]["loss"])

    def test_no_augmentation_where_a_file_is_called_augmented(self):
        inputs = os.path.join(self.folder, "inputs")
        for kind in ("data", "masks"):
            os.makedirs(os.path.join(inputs, kind))
            source = os.path.join(runs.INPUTS, kind)
            for name in os.listdir(source):
                new = name.replace("a_fvb01", "a_fvb01_augmented")
                os.symlink(os.path.join(source, name), os.path.join(inputs, kind, new))
        sweep = runs.train(
            self.folder, FROZEN, "--enable_augmentation", "True", "-ia", "False", inputs=inputs
        )
        self.assertEqual(sweep.pairs_table()["all"][3], 0)
        self.assertIn("augmented", sweep.output)


if __name__ == "__main__":
    unittest.main()
