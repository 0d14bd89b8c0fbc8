# SPDX-License-Identifier: Apache-2.0
"""A whole model written by Keras as start model, with strings of fixed or variable length."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np

import runs
from reference_data import build, dice_coef, dice_coef_loss, keras, samples

GRID = {**runs.NOTHING_TRAINS, "batch_size": 64}


def rewrite_strings(file, as_fixed):
    """Stores all text attributes as strings of fixed or variable length."""

    def texts_of(value):
        flat = np.atleast_1d(value)
        return [item.decode() if isinstance(item, bytes) else str(item) for item in flat]

    def rewrite(item):
        for name, value in list(item.attrs.items()):
            if (
                isinstance(value, (float, int, np.number))
                or getattr(value, "dtype", np.dtype("O")).kind == "f"
            ):
                continue
            texts = texts_of(value)
            scalar = np.ndim(value) == 0
            if as_fixed:
                encoded = np.array([text.encode() for text in texts])
                item.attrs[name] = encoded[0] if scalar else encoded
            else:
                kind = h5py.string_dtype("utf-8")
                item.attrs.create(name, texts[0] if scalar else texts, dtype=kind)

    with h5py.File(file, "r+") as opened:
        rewrite(opened)
        opened.visititems(lambda _, item: rewrite(item))


def string_of(file, name):
    """Whether a root attribute has variable length."""
    with h5py.File(file) as opened:
        return h5py.h5a.open(opened.id, name.encode()).get_type().is_variable_str()


class StartModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = temporary.name
        cls.file = os.path.join(cls.folder, "whole.hdf5")
        keras.utils.set_random_seed(77)
        model = build(64, 64)
        model.compile(
            loss=dice_coef_loss, optimizer=keras.optimizers.Adam(1e-3), metrics=[dice_coef]
        )
        data = samples("target", 64, fractions=(0.75, 0.25)).of_pairs(1)
        model.fit(data.x[:16], data.y[:16], batch_size=8, verbose=0)
        model.save(cls.file)
        model.save(os.path.join(cls.folder, "whole.keras"))
        with h5py.File(cls.file) as opened:
            assert {"model_weights", "optimizer_weights"} <= set(opened), list(opened)
            assert {"model_config", "training_config"} <= set(opened.attrs)
        cls.weights = model.get_weights()

    def check_read(self, file, name):
        sweep = runs.train(self.folder, GRID, "-fs", 1, start=file, name=name)
        ours = keras.models.load_model(sweep.path("best_model.hdf5"), compile=False).get_weights()
        self.assertEqual(len(ours), len(self.weights))
        for mine, theirs in zip(ours, self.weights):
            np.testing.assert_array_equal(mine, theirs)

    def test_as_keras_wrote_it(self):
        self.check_read(self.file, "plain")

    def test_as_keras_3_writes_it(self):
        self.check_read(os.path.join(self.folder, "whole.keras"), "numbered")

    def test_strings_of_either_length(self):
        for kind, as_fixed in (("fixed", True), ("variable", False)):
            file = os.path.join(self.folder, kind + ".hdf5")
            shutil.copy(self.file, file)
            rewrite_strings(file, as_fixed)
            self.assertEqual(string_of(file, "model_config"), not as_fixed)
            self.assertEqual(string_of(file, "backend"), not as_fixed)
            self.check_read(file, kind)


if __name__ == "__main__":
    unittest.main()
