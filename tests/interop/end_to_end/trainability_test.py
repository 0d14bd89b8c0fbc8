# SPDX-License-Identifier: Apache-2.0
"""which_layer and the five flags: training changes exactly the tensors that they name."""

import os
import tempfile
import unittest

import h5py
import numpy as np

import runs

CONVOLUTIONS = """
    conv1_1 conv1_2 conv2_1 conv2_2 conv3_1 conv_3_2 conv4_1 conv4_2 conv5_1 conv5_2 conv6_1
    conv6_2 conv7_1 conv7_2 conv8_1 conv8_2 conv9_1 conv9_2 conv9_3
""".split()
NORMS = {
    "contractingBatchNormTrainable": [f"conv{b}_{k}_bn" for b in range(1, 6) for k in (1, 2)],
    "expandingBatchNormTrainable": [f"conv{b}_{k}_bn" for b in range(6, 10) for k in (1, 2)],
    "upsamplingBatchNormTrainable": [f"up{b}_bn" for b in range(6, 10)],
}
PLAIN = {"scoreTrainable": ["score"], "upsamplingTrainable": [f"up{b}" for b in range(6, 10)]}
SMALL = {"epochs": 1, "batch_size": 12, "lr": 1e-3, "dropout": 0.0}
ONE_PATCH_A_SLICE = ("-fp", 1, "-fs", 1, "-ts", 28, "--keep_models", "all")


def tensors(file):
    """{layer: {tensor: values}} of a file of weights, or of a whole model."""
    with h5py.File(file) as opened:
        root = opened.get("model_weights", opened)
        found = {}
        for layer in root:
            root[layer].visititems(
                lambda name, item, layer=layer: (
                    found.setdefault(layer, {}).update({name.split("/")[-1]: item[()]})
                    if isinstance(item, h5py.Dataset)
                    else None
                )
            )
        return found


def expected_layers(row):
    layers = CONVOLUTIONS[: int(row["which_layer"])]
    for flag, names in {**NORMS, **PLAIN}.items():
        layers = layers + (names if row[flag] == "True" else [])
    return layers


class Trainability(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.start = tensors(runs.START)
        assert len(cls.start) == 46 and sum(map(len, cls.start.values())) == 136

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def check(self, grid, permutations, *options):
        sweep = runs.train(self.folder, {**SMALL, **grid}, *ONE_PATCH_A_SLICE, *options)
        rows = sweep.rows()
        trials = sorted((int(trial) for trial in os.listdir(sweep.path("trials"))))
        self.assertEqual((len(rows), len(trials)), (permutations, permutations))
        for row, trial in zip(rows, trials):
            after = tensors(sweep.path("trials", str(trial), "weights.h5"))
            self.assertEqual(after.keys(), self.start.keys())
            changed = {
                (layer, name)
                for layer in after
                for name in after[layer]
                if not np.array_equal(after[layer][name], self.start[layer][name])
            }
            expected = {
                (layer, name) for layer in expected_layers(row) for name in self.start[layer]
            }
            self.assertEqual(changed, expected, row)

    def test_which_layer(self):
        self.check({"which_layer": list(range(20)), **{flag: False for flag in runs.FLAGS}}, 20)

    def test_each_flag_alone_and_all_but_each(self):
        total = " + ".join(runs.FLAGS)
        self.check(
            {"which_layer": [4], **{flag: [False, True] for flag in runs.FLAGS}},
            11,
            "--boolean_limit",
            f"({total}) in [1, 4, 5]",
        )


if __name__ == "__main__":
    unittest.main()
