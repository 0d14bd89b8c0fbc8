# SPDX-License-Identifier: Apache-2.0
"""remake_test.py [TEST…]: makes files of this folder again, from scratch, and compares them with
those that are stored. remake_test.py --write stores all of them instead."""

import os
import shutil
import sys
import tarfile
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "make"))

import network_reference  # before TensorFlow computes anything
import h5py
import masks
import nibabel as nib
import numpy as np
import preprocess
import scans
import start_model

# Relative to the largest value: what another processor's or library's rounding does to Keras
# itself (README.md says how it was found). Arrays that are not here must be equal.
TOLERANCES = {
    "forward": {
        "inference": 1e-5,
        "bottleneck": 1e-5,
        "loss_by_sample": 1e-5,
        "loss": 1e-5,
        "loss_weighted_1_3_1_2": 1e-5,
        "dice_coef": 1e-5,
        "jaccard_similarity": 1e-5,
        "inference_float64": 1e-12,
        "training_float64": 1e-9,
    },
    "gradient": {
        "inference_float32_loss": 1e-5,
        "inference_float32_norms": 1e-4,
        "inference_float64_loss": 1e-12,
        "inference_float64_norms": 1e-10,
        "training_float32_loss": 1e-4,
        "training_float32_norms": 7e-2,
        "training_float64_loss": 1e-12,
        "training_float64_norms": 1e-8,
    },
    "trajectory": {
        "adam_frozen": 1e-2,
        "adam_all": 3e-2,
        "adam_float64": 1e-8,
        "sgd_float64": 1e-8,
        "norms": 1e-8,
        **{f"gradient {name}": 1e-7 for name in network_reference.GRADIENTS},
    },
}
MASKS = {"hausdorff95": 1e-12, "surface_dice": 1e-12}
PREPROCESS = {"norm_sum": 1e-7, "patch_sum_x": 1e-6, "sample_x": 1e-6, "norm_mid": 1e-6}


def make_scans(folder):
    scans.make(os.path.join(folder, "scans"))
    preprocess.make(os.path.join(folder, "scans"), os.path.join(folder, "preprocess"))


def make_network(part, folder):
    network_reference.make(part, os.path.join(folder, "network"))


def make_start_models(folder):
    start_model.make(os.path.join(folder, "keras_start.tar.gz"))


def arrays(*path):
    with np.load(os.path.join(*path)) as file:
        return {name: file[name] for name in file}


class Remake(unittest.TestCase):
    def setUp(self):
        self.made = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.made)

    def compare(self, name, tolerances):
        stored, made = arrays(HERE, name), arrays(self.made, name)
        self.assertEqual(sorted(stored), sorted(made))
        for key, values in stored.items():
            with self.subTest(file=name, array=key):
                tolerance = tolerances.get(key.lstrip("0123456789_"), tolerances.get(key))
                if tolerance is None:
                    np.testing.assert_array_equal(made[key], values)
                else:
                    limit = tolerance * np.max(np.abs(values))
                    np.testing.assert_allclose(made[key], values, rtol=0, atol=limit)

    def check_network(self, part):
        make_network(part, self.made)
        self.compare(f"network/{part}.npz", TOLERANCES[part])

    def test_forward(self):
        self.check_network("forward")

    def test_gradient(self):
        self.check_network("gradient")

    def test_trajectory(self):
        self.check_network("trajectory")

    def test_scans_and_their_preprocessing(self):
        make_scans(self.made)
        for name in preprocess.MODES:
            self.compare(f"preprocess/{name}.npz", PREPROCESS)
        for kind in ("data", "masks"):
            names = sorted(os.listdir(os.path.join(HERE, "scans", kind)))
            self.assertEqual(names, sorted(os.listdir(os.path.join(self.made, "scans", kind))))
            for name in names:
                stored, made = (
                    nib.load(os.path.join(folder, "scans", kind, name))
                    for folder in (HERE, self.made)
                )
                self.assertEqual(stored.header.binaryblock, made.header.binaryblock)
                np.testing.assert_array_equal(stored.dataobj, made.dataobj)

    def test_masks(self):
        masks.make(self.made)
        self.compare("masks.npz", MASKS)

    def test_start_models(self):
        make_start_models(self.made)
        unpacked = []
        for folder in (HERE, self.made):
            unpacked.append(os.path.join(self.made, str(len(unpacked))))
            with tarfile.open(os.path.join(folder, "keras_start.tar.gz")) as archive:
                archive.extractall(unpacked[-1])
        for name in ("start.hdf5", "initialWeights.h5"):
            files = [h5py.File(os.path.join(folder, name)) for folder in unpacked]
            self.assertEqual(*map(contents, files))


def contents(file):
    """All attributes and values of an HDF5 file by path."""
    found = {"/": {key: str(value) for key, value in file.attrs.items()}}

    def add(path, item):
        values = item[()].tobytes() if isinstance(item, h5py.Dataset) else b""
        found[path] = ({key: str(value) for key, value in item.attrs.items()}, values)

    file.visititems(add)
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        make_scans(HERE)
        masks.make(HERE)
        make_start_models(HERE)
        for part in TOLERANCES:
            make_network(part, HERE)
    else:
        unittest.main()
