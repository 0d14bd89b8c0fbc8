# SPDX-License-Identifier: Apache-2.0
"""Keras reads our files and we read Keras's, to the bit. usage: keras_files_test.py TOOL"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import warnings

import h5py
import numpy as np
from tensorflow import keras

warnings.simplefilter("ignore")
TOOL = sys.argv.pop(1)
PARAMETERS = 2399397


def flat(model):
    """All weights in the order of the layers, as our tool writes them."""
    return np.concatenate([w.ravel() for layer in model.layers for w in layer.get_weights()])


def read_by_us(file, expect_renamed=0):
    floats = str(file) + ".bin"
    out = subprocess.run([TOOL, "read", str(file), floats], check=True, capture_output=True, text=True).stdout
    assert out == f"{expect_renamed} renamed\n", out
    return np.fromfile(floats, "<f4")


class KerasFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        subprocess.run([TOOL, "write", str(cls.folder)], check=True)
        cls.floats = np.fromfile(cls.folder / "weights.bin", "<f4")
        cls.images = np.random.RandomState(1).rand(2, 64, 64, 1).astype("f4")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def equal(self, model):
        self.assertEqual(model.count_params(), PARAMETERS)
        np.testing.assert_array_equal(flat(model), self.floats)

    def test_whole_model_needs_no_custom_objects(self):
        model = keras.models.load_model(self.folder / "model.hdf5")
        self.equal(model)
        self.assertEqual(model.name, "mouseSegUNET")
        self.assertEqual(model.input_shape, (None, 64, 64, 1))
        self.assertEqual(model.predict(self.images, verbose=0).shape, (2, 64, 64, 1))

    def test_configuration_and_weights_apart(self):
        model = keras.models.model_from_json((self.folder / "model.json").read_text())
        model.load_weights(self.folder / "weights.h5")
        self.equal(model)
        whole = keras.models.load_model(self.folder / "model.hdf5")
        np.testing.assert_array_equal(model.predict(self.images, verbose=0), whole.predict(self.images, verbose=0))

    def test_free_input_size_and_what_trains(self):
        model = keras.models.load_model(self.folder / "free.hdf5")
        self.equal(model)
        self.assertEqual(model.predict(np.zeros((1, 96, 32, 1), "f4"), verbose=0).shape, (1, 96, 32, 1))
        self.assertEqual([l.rate for l in model.layers if l.name.startswith("drop")], [0.25] * 4)
        trainable = (self.folder / "trainable.txt").read_text().split()
        self.assertEqual(sorted(w.name for w in model.trainable_weights), sorted(trainable))

    def test_our_attributes(self):
        for name in ("model.hdf5", "weights.h5"):
            with h5py.File(self.folder / name) as file:
                self.assertEqual(file.attrs["msunet_target_size"], b"64")
                self.assertNotIn("training_config", file.attrs)

    def test_every_activation_is_known_to_keras(self):
        for file in self.folder.glob("activation_*.json"):
            score = json.loads(file.read_text())["config"]["layers"][-1]
            known = keras.layers.deserialize({"class_name": score["class_name"], "config": score["config"]})
            self.assertEqual(known.activation.__name__, file.stem.removeprefix("activation_"))

    def test_we_read_what_keras_writes(self):
        model = keras.models.load_model(self.folder / "model.hdf5")
        generator = np.random.RandomState(3)
        drawn = [generator.standard_normal(w.shape).astype("f4") for w in model.weights]
        # Negative variances are refused.
        model.set_weights([np.abs(values) if "moving_variance" in weight.name else values
                           for values, weight in zip(drawn, model.weights)])
        expected = flat(model)
        model.compile(loss="mse", optimizer="adam")
        whole, weights, fixed = (self.folder / n for n in ("keras.hdf5", "keras_weights.h5", "fixed.h5"))
        model.save(whole)
        model.save_weights(weights)
        numbered = self.folder / "numbered.weights.h5"
        model.save_weights(numbered)
        # Keras 3's form: layers are known by class and number.
        np.testing.assert_array_equal(read_by_us(numbered, expect_renamed=46), expected)
        np.testing.assert_array_equal(read_by_us(whole), expected)
        np.testing.assert_array_equal(read_by_us(weights), expected)
        with h5py.File(weights) as source, h5py.File(fixed, "w") as target:
            for name in source:
                source.copy(name, target)
            as_fixed = lambda texts: np.array([t.encode() for t in texts], dtype="S40") if len(texts) else np.zeros(0, "S1")
            target.attrs["layer_names"] = as_fixed(source.attrs["layer_names"])
            for name in source.attrs["layer_names"]:
                target[name].attrs["weight_names"] = as_fixed(source[name].attrs["weight_names"])
        np.testing.assert_array_equal(read_by_us(fixed), expected)

    def test_names_that_differ_are_no_error(self):
        config = json.loads((self.folder / "model.json").read_text())
        text = json.dumps(config).replace("conv_3_2", "conv3_2")
        model = keras.models.model_from_json(text)
        model.set_weights(keras.models.load_model(self.folder / "model.hdf5").get_weights())
        file = self.folder / "renamed.h5"
        model.save_weights(file)
        np.testing.assert_array_equal(read_by_us(file, expect_renamed=1), self.floats)


if __name__ == "__main__":
    unittest.main()
